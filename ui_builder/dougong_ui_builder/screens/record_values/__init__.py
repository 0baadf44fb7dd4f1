"""One record as screens read it and as forms send it: names behind links, layout, words. For record pages and forms."""
