/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include "base/buf.h"
#include "base/error.h"

/*
 * The append-only log of all that was done to a case: one JSON object a line,
 *
 *   {"seq":12,"time":"2026-01-05T10:11:12Z","action":"take","detail":{...},"prev":"<64
 * hex>","hash":"<64 hex>"}
 *
 * `hash` is the SHA-256 of the line up to and without `,"hash":...`, so every entry seals all
 * before it. Entries are synced before ledger_append() returns. A half-written last line (power
 * cut) is cut off when the ledger is opened, and the next entry says so.
 */
struct ledger;

int ledger_open(const char *path, struct ledger **out_ledger, struct tq_error *err) MUST_CHECK;
struct ledger *ledger_close(struct ledger *ledger);

/* `detail` is a JSON object, "{}" for none. Thread-safe. */
int ledger_append(struct ledger *ledger, const char *action, struct slice detail,
                  struct tq_error *err) MUST_CHECK;

#endif
