/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_STORED_VALUE_H
#define REGISTER_STORED_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "model/type.h"
#include "normalise/country.h"
#include "normalise/date.h"
#include "register/local_time.h"

/* Why a cell cannot be stored. */
enum stored_status {
    STORED_OK,
    STORED_NOT_UTF8,
    STORED_NUL, /* nobody writes one: the encoding is another, or the file is damaged */
    STORED_TOO_LONG,
    STORED_NOT_A_DATE,
    STORED_TOO_EARLY, /* 0001-01-01, or any date before 1800 that is no Hijri date */
    STORED_NOT_A_MONTH,
    STORED_NOT_A_NUMBER,
    STORED_NO_FORM, /* nothing in it that could be compared: a name without letters */
    STORED_NO_MEMORY
};

/* For people: "not a date". */
const char *stored_status_text(enum stored_status status);

/* How a table writes its dates. */
struct stored_dates {
    enum date_order order;
    bool is_given; /* the description says so: not even a front that could be a year has a say */
};

/* What is usual in a country: the day first, but in the United States the month. */
struct stored_dates stored_dates_of(const struct country *country);

/*
 * A cell of the institution's table as the register stores it: trimmed; dates as YYYY-MM-DD, months
 * as YYYY-MM, amounts and numbers with a decimal point and no grouping. A phone
 * written without its code gets that of `foreign_country`, if this is not NULL. *out_value is
 * borrowed from the cell or the arena; empty if the cell is blank.
 */
enum stored_status stored_value(enum value_type type, struct stored_dates dates,
                                const struct country *foreign_country, struct slice cell,
                                struct arena *arena, struct slice *out_value);

/*
 * A time of the table: what local_time_parse() takes, or a date as the table writes it, with a
 * time of day or without. What stands for an open end ("9999-12-31", "0000-00-00", NULL, infinity,
 * any year after 5000) leaves *out_minutes as it is. False if the cell is none of these, or before
 * 1800.
 */
bool stored_time(struct local_time *time, struct slice cell, struct stored_dates dates,
                 int32_t *out_minutes);

/* Whether a time can only be an end: what begins then never begins. */
bool stored_is_never(struct slice cell);

/* The month of "2024-03", "202403" or a date. False if it is none. */
bool stored_period(struct slice cell, struct stored_dates dates, uint16_t *out_month);

/* The month of a year and a month beside it: 1 to 12, or its name. False if they are none. */
bool stored_year_month(struct slice year, struct slice month, uint16_t *out_month);

#endif
