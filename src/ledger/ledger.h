/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include "base/buf.h"
#include "base/error.h"

/*
 * The append-only log of all that was done to a case: one JSON object a line,
 *
 *   {"seq":12,"time":"2026-01-05T10:11:12Z","action":"take","detail":{...},"prev":HASH,"hash":HASH}
 *
 * `hash` is the SHA-256 (64 hexadecimal digits) of the line up to and without `,"hash":...`, and
 * `prev` the hash of the line before (zeros in the first), so every entry seals all before it.
 * `seq` counts from 1. Entries are synced before ledger_append() returns. What a power cut left of
 * entries that were not synced (a half-written last line, or zeros where lines were lost and all
 * behind them) is cut off when the ledger is opened, and the next entry, "recovered", says so.
 * Several processes may append: each entry is written under a lock of the file.
 */
struct ledger;

/* Made if there is none. TQ_E_KEY if its last line is no entry: nothing is appended to that. */
int ledger_open(const char *path, struct ledger **out_ledger, struct tq_error *err) MUST_CHECK;
struct ledger *ledger_close(struct ledger *ledger);

/* `detail` is a JSON object, "{}" for none. Thread-safe. */
int ledger_append(struct ledger *ledger, const char *action, struct slice detail,
                  struct tq_error *err) MUST_CHECK;

/*
 * The two halves of ledger_append(), for many entries at once: ledger_add() writes the entry,
 * ledger_sync() makes sure that all written so far survive a power cut. What an entry tells may be
 * relied on only after the sync.
 */
int ledger_add(struct ledger *ledger, const char *action, struct slice detail,
               struct tq_error *err) MUST_CHECK;
int ledger_sync(struct ledger *ledger, struct tq_error *err) MUST_CHECK;

#endif
