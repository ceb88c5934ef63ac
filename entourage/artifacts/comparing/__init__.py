"""What two versions differ in."""
