"""Small, pure pieces that every room uses."""
