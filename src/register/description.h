/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_DESCRIPTION_H
#define REGISTER_DESCRIPTION_H

#include "base/arena.h"
#include "base/error.h"
#include "base/moment.h"
#include "base/slice.h"
#include "model/reading.h"
#include "model/type.h"
#include "normalise/country.h"
#include "normalise/date.h"

/*
 * Where the institution's tables are and what they mean: DESIGN.md section 4. All strings are
 * NUL-terminated and live in the description's arena.
 */

/* A field of a kind, as all columns that feed it agree. */
struct described_field {
    const char *name;
    enum value_type type;
    enum category category;
    uint8_t kind;
    uint8_t ref_kind;  /* TYPE_REF; else KIND_NONE */
    bool periodic;     /* fed by tables with a period */
    const char *check; /* or NULL */
    unsigned line;     /* of the description, where it first occurs */
};

struct described_column {
    const char *header;
    const char *month, *day; /* headers of a date's other parts, if `header` is that of its year */
    uint16_t field;          /* number in description.fields */
    const struct country *country; /* of this column's phones, or NULL: the register's */
    unsigned line;                 /* of the description */
};

/* A dated export of a table. */
struct described_snapshot {
    const char *date; /* as written: a time of the register's time zone */
    const char *file; /* its path */
    unsigned line;    /* of the description */
};

struct described_table {
    const char *name;
    uint8_t kind;
    const char *key;      /* header of the column that names the subject */
    const char *file;     /* its path: relative ones start at the description's folder; or NULL: */
    const char *sql;      /* a query of a database, or NULL: */
    const char *relation; /* the name of a table or view there, as "fund.insured"; or NULL: */
    struct described_snapshot *snapshots; /* dated exports */
    size_t snapshot_count;
    unsigned source_line; /* of the description: that of the one of these four that is given */
    int32_t seen_from, seen_to; /* when its rows were known that do not say so themselves */
    char delimiter;
    bool has_dates; /* `dates` is given; else as usual in the register's country */
    enum date_order dates;
    const char *encoding;              /* for iconv, or NULL: UTF-8 */
    const char *valid_from, *valid_to; /* headers, or NULL */
    const char *known_from, *known_to; /* headers, or NULL */
    const char *period;                /* header, or NULL */
    const char *period_month;          /* header of its month, where `period` is that of its year */
    unsigned key_line, valid_line, known_line, period_line; /* of the description */
    struct described_column *columns;
    size_t column_count;
};

struct description {
    struct arena arena;
    const char *file; /* the last part of the description's path, for complaints */
    const char *name;
    const char *country_code; /* upper case, or "" */
    const char *timezone;     /* "UTC" unless given */
    const char **kinds;
    uint8_t kind_count;
    struct described_table *tables;
    size_t table_count, table_capacity;
    struct described_field *fields;
    size_t field_count, field_capacity;
};

/*
 * Read a description. TQ_E_IO if it cannot be read; TQ_E_SYNTAX for any mistake in it, with
 * "file:line:column: what is wrong and what would be right". *out_description is owned;
 * description_free().
 */
int description_load(const char *path, struct description **out_description,
                     struct tq_error *err) MUST_CHECK;

/* The same of text in memory; `path` gives the folder and the name in complaints. */
int description_parse(struct slice text, const char *path, struct description **out_description,
                      struct tq_error *err) MUST_CHECK;

struct description *description_free(struct description *description);

#endif
