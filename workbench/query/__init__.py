"""The query language: parsing, matching, and compiling to what others understand."""
