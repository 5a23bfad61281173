/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_SIMILARITY_H
#define NORMALISE_SIMILARITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "model/interpretation.h"

/* Edit distance at most one (substitution, insertion, deletion) or one adjacent swap, of
 * characters. */
bool similarity_one_edit(struct slice a, struct slice b);

/* Texts of twelve bytes and more, as addresses and e-mail addresses, with two edits or swaps of
 * bytes at most. Never of another form than FORM_TEXT. */
bool similarity_two_edits(enum form form, struct slice a, struct slice b);

/* Jaro-Winkler with p = .1, prefix 4, applied above .7 (Winkler 1990; domain.md 4.4); bytes. */
double similarity_jaro_winkler(struct slice a, struct slice b);

/*
 * Near, for the comparison levels of algorithms.md 3.2, on canonical bytes of a form: one edit or
 * swap or a prefix for identifiers, texts and names (names also Jaro-Winkler >= .90, and initials),
 * one digit, two swapped, or day and month for dates, one digit or one unit for numbers. Of whole
 * names those words that only one of the two has are compared.
 */
bool similarity_near(enum form form, struct slice a, struct slice b);

/* Year, month and day of days since 1970, as eight digits. */
void similarity_date_digits(int64_t days, char out[8]);

/* The same of a cell with eight digits, parts of one digit filled up, whether a calendar has the
 * date or not. False: it has not. */
bool similarity_cell_digits(enum interpretation as, struct slice cell, char out[8]);

/* Whole names of which some word's key is one, of two sounds at least: a given name, the family's.
 * Dates of which two of year, month and day are one. Never of another form than these. */
bool similarity_is_partly(enum form form, struct slice a, struct slice b);

/*
 * A proper prefix of a register value in any written form of its type (dates in any order, phones
 * with and without country code, amounts with and without marks), at least two characters long;
 * never for codes. `value` is the register's text.
 */
bool similarity_is_truncated(enum value_type type, struct slice cell, struct slice value);

/* Whether a cell is the month or the year of a date of the register, however it is written. */
bool similarity_is_coarser_date(struct slice cell, struct slice value);

/*
 * A cell that is no date ("19740164", "30/21/1980"), whose digits are one edit or swap from those
 * of the date `days`, written with four digits of year in the order of the interpretation.
 */
bool similarity_is_mistyped_date(enum interpretation as, struct slice cell, int64_t days);

/* A number a spreadsheet destroyed: 1.23457E+11. */
bool similarity_is_scientific(struct slice cell);

#endif
