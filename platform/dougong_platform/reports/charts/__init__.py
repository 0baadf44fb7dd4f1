"""Charts of reports: an answer as what a chart draws, which kinds fit it, and pictures for mails and documents."""
