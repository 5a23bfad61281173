/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "inquiry/inquiry.h"
#include "ledger/ledger.h"
#include "store/case_store.h"

/* An open case: its store and its ledger. Start with {0}; session_close() at the end. */
struct session {
    struct case_store *store;
    struct ledger *ledger; /* NULL unless opened for writing */
};

/* reg_open() for a command: says what to do when there is no register, warns of an open key. */
int register_open(const char *path, const char *key_path, struct reg **out_reg,
                  struct tq_error *err) MUST_CHECK;

/* Say so if everybody on the machine may read a key. */
void warn_of_open_key(const char *key_path);

int session_open(const char *folder, bool writing, struct session *out_session,
                 struct tq_error *err) MUST_CHECK;
void session_close(struct session *session);

/* Make a case with an entry in its ledger. */
int session_create(const char *folder, const char *title, struct tq_error *err) MUST_CHECK;

/* Consistency rules, fitted to a register. Start with {0}; session_rules_close() at the end. */
struct session_rules {
    const char *name; /* of their file, or "shipped" */
    struct rule_set *set;
    struct rule_binding *binding;
};

/* Rules of a file, or (NULL) those that come with the program for the register's country. */
int session_rules_open(const char *path, const struct reg *reg, struct session_rules *out_rules,
                       struct tq_error *err) MUST_CHECK;
void session_rules_close(struct session_rules *rules);

/* What a case is examined with; all borrowed. */
struct session_means {
    const struct reg *reg;
    const struct session_rules *rules;
    const struct password_list *passwords; /* to try on what is encrypted; none: {0} */
    unsigned jobs;
    uint64_t ocr_pages_max;
};

/* Examine an open case against a register; prints progress on a terminal. */
int session_examine(struct session *session, const struct session_means *means,
                    struct inquiry_summary *out_summary, struct tq_error *err) MUST_CHECK;

/* Take evidence into custody; prints progress on a terminal and a line when done. */
int session_take(struct session *session, const char *const *evidence, size_t count,
                 const char *source, const char *by, struct tq_error *err) MUST_CHECK;

/* Write report.html and report.json into `folder` (made if missing). */
int session_report(struct session *session, const char *folder, const char *language,
                   struct tq_error *err) MUST_CHECK;

#endif
