/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_SQL_TIME_H
#define EXTRACT_SQL_TIME_H

#include "base/buf.h"
#include "base/slice.h"

/*
 * Scripts of SQL Server before 2012 write times as CAST(0x0000A4B500C5C100 AS DateTime): put the
 * time instead of the hex digits that stand in `text` from `start` on. Anything else is left as it
 * is. DateTime: days since 1900-01-01 and 1/300 seconds, SmallDateTime: days and minutes, Date:
 * days since 0001-01-01, little endian (MS-TDS 2.2.5.5.1.8, and what the scripts hold).
 */
void sql_time_of_hex(struct buf *text, size_t start, struct slice type);

#endif
