"""The pages and the API of rules: what is changed in traffic, in forms that say what they would have matched."""
