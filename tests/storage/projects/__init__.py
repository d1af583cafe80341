"""Tests of the projects in storage."""
