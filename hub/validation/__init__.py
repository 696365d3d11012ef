"""Whether a table can be read and makes sense: cells, tables, history, and the checker process."""
