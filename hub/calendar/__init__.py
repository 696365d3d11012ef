"""What is due from whom and when: working days and due items."""
