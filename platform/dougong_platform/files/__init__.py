"""Files of records: uploaded, kept under the tenant, given only to who may see the record."""
