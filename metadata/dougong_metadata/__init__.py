"""What a tenant's CRM is made of: kinds, field types, the expression language, the compiled model and packs.

Pure: nothing here opens a database or knows of HTTP. The engine (`dougong_platform`) is its only caller
besides tests.
"""
