"""What the records become: printed tables, Markdown and the figure."""
