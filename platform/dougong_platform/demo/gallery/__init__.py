"""Every report of a pack with a picture made from its demo data, for docs/report-gallery.md."""
