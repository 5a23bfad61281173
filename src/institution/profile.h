/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INSTITUTION_PROFILE_H
#define INSTITUTION_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "institution/words.h"
#include "model/type.h"

/*
 * An institution as a table: what its register holds, how the values are made and how often they
 * change, and how a leak writes them. A further institution is a further table, profile_x.c.
 */
#define HISTORIES_MAX 6u
#define TRAITS_MAX    24u
#define COLUMNS_MAX   16u
#define PARTS_MAX     3u /* traits that one column of the leak joins */
#define LEAKS         2u /* tables leaked */
#define VARIANTS_MAX  4u
#define ALL_VARIANTS  0xfu

struct institution;
struct member;
struct trait;

/* Append the version-th value that the register holds for a member, as the register writes it. */
typedef void value_maker(const struct institution *institution, const struct member *member,
                         uint32_t version, const struct trait *trait, struct buf *out);

/* Who share one history: the members of a home move together. */
enum owner {
    OWNER_SELF,
    OWNER_HOME,
    OWNER_LINE
};

/* A table of the register; all its columns change together. */
struct history {
    const char *name, *file;
    double changes_a_year;
    enum owner owner;
};

/* A column of the register. */
struct trait {
    const char *header;
    const char *field;
    enum value_type type;
    enum category category;
    unsigned history;
    value_maker *make;
    unsigned variants;        /* bits of those in which the register has it */
    enum script script;       /* of names */
    struct words words;       /* of codes and choices */
    uint32_t low, high, step; /* of amounts and numbers, in hundredths */
    const char *check;        /* scheme, or NULL */
    bool sparse;              /* one digit off is nobody's value */
};

/* How a column of the leak writes what it holds. */
enum writing {
    WRITE_PLAIN,
    WRITE_NAME,
    WRITE_DATE,
    WRITE_AMOUNT,
    WRITE_PHONE,
    WRITE_ACCOUNT,
    WRITE_CODE /* by the column's own words, in the order of the trait's */
};

struct column {
    const char *header;
    const char *field;        /* the truth's word for it; NULL: nothing of the register */
    uint8_t parts[PARTS_MAX]; /* numbers of traits */
    uint8_t part_count;
    enum writing writing;
    unsigned variants;  /* bits of those in which the leak has it */
    bool naming;        /* a record has at most one such column forged */
    bool rare;          /* hardly anybody shares a value: another's value is misattributed */
    uint8_t group;      /* columns of one group are another's together; 0: never */
    bool decides;       /* the only identifier: of two persons in one record it names the subject */
    struct words codes; /* of WRITE_CODE */
};

enum encoding {
    ENCODING_UTF8,
    ENCODING_WINDOWS,
    ENCODING_LATIN9,
    ENCODING_UTF16
};
enum layout {
    LAYOUT_DELIMITED,
    LAYOUT_JSON_LINES,
    LAYOUT_FIXED
};

/* One leaked table. */
struct leak {
    const char *file;
    const char *type; /* of the exhibit */
    enum layout layout;
    char delimiter;
    enum encoding encodings[2]; /* one of them, by the seed */
    const char *date;           /* as "d/m/y" */
    bool decimal_comma;
    struct column columns[COLUMNS_MAX];
    uint32_t column_count;
};

/* Another way to write a part of a name. */
struct respelling {
    const char *from, *to;
};

/* Shares of households, in parts of 100. */
enum household_kind {
    HOUSEHOLD_SINGLE,
    HOUSEHOLD_COUPLE,
    HOUSEHOLD_SIBLINGS,
    HOUSEHOLD_TWINS,
    HOUSEHOLD_PARENT,
    HOUSEHOLD_FAMILY,
    HOUSEHOLD_KINDS
};

struct profile {
    const char *name;
    const char *title, *country, *timezone; /* of the register */
    const char *key;                        /* its key column */
    char delimiter;                         /* of its files */
    bool windows;                           /* they are windows-1252, else UTF-8 */
    const char *register_date;              /* as it writes dates, "d/m/y" */
    unsigned variants;                      /* how many, taken by the seed */
    bool two_surnames;                      /* children have one of each parent */
    bool spouses_share;                     /* a couple has one family name */
    unsigned second_given;                  /* in parts of 100 */
    int birth_first, birth_last;            /* years */
    uint8_t households[HOUSEHOLD_KINDS];
    bool masks_birth_year; /* in variants with an odd number */
    struct compound surnames, streets;
    struct words given[2]; /* men, women */
    struct words towns;
    uint32_t postal_first;
    unsigned postal_digits;
    struct words strange; /* surnames that nobody bears */
    const char *mail_domain;
    const struct respelling *respellings;
    size_t respelling_count;
    const struct history *histories;
    uint32_t history_count;
    const struct trait *traits;
    uint32_t trait_count;
    const struct leak *leaks; /* LEAKS of them */
};

extern const struct profile profile_university, profile_clinic, profile_association;

/* By name; NULL if there is none. */
const struct profile *profile_find(const char *name);

/* The number-th, NULL after the last. */
const struct profile *profile_at(size_t number);

#endif
