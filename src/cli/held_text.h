/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef CLI_HELD_TEXT_H
#define CLI_HELD_TEXT_H

#include "register/held.h"
#include "register/local_time.h"
#include "report/case_view.h"

/*
 * What the register held of a cell's field, and when, in words: the ground of a verdict as a court
 * wants it. The case itself holds no value of the register, so the register is opened again. Start
 * with {0}; held_text_close() at the end.
 */
struct held_text {
    struct reg *reg; /* NULL: not opened, and nothing is told */
    struct local_time *time;
    struct held_list held;
    bool reveal;
};

/* TQ_E_USAGE: the case was examined with another register; others as reg_open(). */
int held_text_open(struct held_text *text, struct case_store *store, const char *path,
                   const char *key_path, bool reveal, struct tq_error *err) MUST_CHECK;
void held_text_close(struct held_text *text);

/* A cell of a record about a subject. */
struct held_question {
    const char *kind;
    struct slice subject; /* its key */
    const struct column_label *label;
    uint16_t period; /* MONTH_NONE: of no month */
    enum cell_verdict verdict;
};

/*
 * Append "the register held 3960.00 from 2024-04-10 on, never what is shown", dates in the
 * register's time zone, values masked unless revealed and escaped for a terminal. Nothing of a
 * subject or field that the register does not have.
 */
int held_text_add(struct held_text *text, const struct held_question *question, struct buf *out,
                  struct tq_error *err) MUST_CHECK;

#endif
