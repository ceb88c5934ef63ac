"""Words of Cypher by what they may do here. What is in no list is refused."""

from __future__ import annotations

_WRITES = """
    CREATE MERGE SET DELETE DETACH NODETACH REMOVE FOREACH DROP ALTER RENAME GRANT REVOKE DENY START STOP INSERT
"""
_LEAVES = """
    CALL LOAD USE SHOW TERMINATE EXPLAIN PROFILE CYPHER USING FINISH PERIODIC ENABLE DRYRUN
"""
_CLAUSES = """
    MATCH OPTIONAL WHERE WITH RETURN UNWIND UNION ORDER BY SKIP OFFSET LIMIT AS DISTINCT AND OR XOR NOT IN IS STARTS
    ENDS CONTAINS CASE WHEN THEN ELSE END ASC DESC ASCENDING DESCENDING
"""
WRITES = frozenset(_WRITES.split())
LEAVES = frozenset(_LEAVES.split())
"""What would run procedures, read files, or look beyond the owner's part."""

CONSTANTS = frozenset({"TRUE", "FALSE", "NULL", "NAN", "INF", "INFINITY"})
QUANTIFIERS = frozenset({"ALL", "ANY", "NONE", "SINGLE"})
SUBQUERIES = frozenset({"EXISTS", "COUNT", "COLLECT"})
SHORTEST = {"SHORTESTPATH": "shortestPath", "ALLSHORTESTPATHS": "allShortestPaths"}

RESERVED = WRITES | CONSTANTS | frozenset(_CLAUSES.split())
"""Names that must be quoted to name anything else."""

_PLAIN = """
    abs acos asin atan atan2 avg btrim ceil char_length character_length coalesce collect cos cot count date datetime
    degrees duration e elementId endNode exists exp floor haversin head id isEmpty isNaN keys labels last left length
    localdatetime localtime log log10 lower ltrim max min nodes normalize nullIf percentileCont percentileDisc pi point
    properties radians rand randomUUID range relationships replace reverse right round rtrim sign sin size split sqrt
    startNode stDev stDevP substring sum tail tan time timestamp toBoolean toBooleanList toBooleanOrNull toFloat
    toFloatList toFloatOrNull toInteger toIntegerList toIntegerOrNull toLower toString toStringList toStringOrNull
    toUpper trim type upper valueType
    date.truncate datetime.truncate datetime.fromepoch datetime.fromepochmillis localdatetime.truncate
    localtime.truncate time.truncate duration.between duration.inDays duration.inMonths duration.inSeconds
    point.distance point.withinBBox vector.similarity.cosine vector.similarity.euclidean
"""
FUNCTIONS = {name.lower(): name for name in _PLAIN.split()}
"""Functions that look at nothing but what they are given."""
