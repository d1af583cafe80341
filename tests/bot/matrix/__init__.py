"""Tests of the Matrix side."""
