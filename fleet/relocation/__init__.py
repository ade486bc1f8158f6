"""What changes when a group moves to another machine."""
