"""Identity providers over HTTP: kept, tried and removed by administrators."""
