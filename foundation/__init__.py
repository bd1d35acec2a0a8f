"""The ground the engines stand on: hostile files, resources, chains, command-line manners."""
