"""Workspaces: the files a person's team works on."""

from entourage.workspaces.files import WorkspaceFiles
from entourage.workspaces.types import Edited, Entry, FileText, FolderUsage, Listing, Match, SearchResult

__all__ = ["Edited", "Entry", "FileText", "FolderUsage", "Listing", "Match", "SearchResult", "WorkspaceFiles"]
