"""Tests of the talking part."""
