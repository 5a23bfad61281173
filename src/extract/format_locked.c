/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Documents of Office Open XML behind a password: a compound file that holds the encrypted package.
 * With the right password of the list it is read as if it had none.
 */
#include <inttypes.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "extract/compound.h"
#include "extract/emit.h"
#include "extract/format.h"
#include "extract/locked.h"
#include "extract/office_lock.h"

#define INFO_BYTES_MAX ((size_t)1 << 20)
#define PACKAGE        "EncryptedPackage"
#define ROUNDS_A_WORD  1000000u /* a second or so: each try is told */

struct locked_document {
    const struct extract_input *input;
    const struct sink *sink;
    struct office_lock lock;
    struct buf info, package;
    uint8_t key[LOCK_KEY_MAX];
    bool is_open, tried_all;
    uint32_t line; /* of the password that opened it; 0: Excel's own */
};

static void document_clear(struct locked_document *document)
{
    buf_clear(&document->info);
    buf_clear(&document->package);
    explicit_bzero(document->key, sizeof(document->key));
}

/* Try the passwords of the list, as many as may be tried. */
static int find_password(struct locked_document *document, struct tq_error *err)
{
    const struct password_list *list = document->input->passwords;
    uint64_t rounds = document->lock.rounds;
    int r = office_lock_try(&document->lock, SLICE_LITERAL(OFFICE_OWN_PASSWORD), &document->is_open,
                            document->key, err);

    document->tried_all = true;
    for (uint32_t i = 0; r == TQ_OK && list && !document->is_open && i < list->count; i++) {
        rounds += document->lock.rounds;
        if (rounds > OFFICE_ROUNDS_MAX) {
            document->tried_all = false;
            return TQ_OK;
        }
        r = office_lock_try(&document->lock, list->items[i].text, &document->is_open, document->key,
                            err);
        document->line = list->items[i].line;
        if (r == TQ_OK && (i % 8 == 7 || document->lock.rounds >= ROUNDS_A_WORD))
            r = emit_working(document->sink, err);
    }
    return r;
}

static int note_open(const struct locked_document *document, bool holds, struct tq_error *err)
{
    int r = document->line > 0 ? unlocked_note(document->sink, document->line, err)
                               : own_password_note(document->sink, err);

    return r < 0 || holds
               ? r
               : emit_note(document->sink, 0, err,
                           "encrypted: its integrity check does not hold, it was changed since it "
                           "was encrypted, or is damaged");
}

/* What stays shut, and why. */
static int note_shut(const struct locked_document *document, struct tq_error *err)
{
    int r = emit_type(document->sink, "office", err);

    if (r < 0)
        return r;
    if (document->lock.kind == OFFICE_LOCK_UNKNOWN) {
        r = locked_fact(document->sink, err);
        return r < 0 ? r
                     : emit_note(document->sink, 0, err,
                                 "encrypted: not read, this is neither agile nor standard "
                                 "encryption, or it is damaged");
    }
    if (document->tried_all)
        return locked_note(document->input, document->sink, err);
    r = locked_fact(document->sink, err);
    return r < 0 ? r : untried_note(document->input, document->sink, err);
}

static int read_package(struct locked_document *document, const struct extract_limits *limits,
                        struct tq_error *err)
{
    struct extract_input plain = *document->input;
    bool holds;
    int r = office_lock_check(&document->lock, document->key, buf_slice(&document->package), &holds,
                              err);

    if (r == TQ_OK)
        r = office_lock_open(&document->lock, document->key, &document->package, err);
    if (r < 0)
        return r;
    plain.bytes = buf_slice(&document->package);
    if (plain.bytes.length == 0) {
        r = emit_type(document->sink, "office", err);
        return r < 0 ? r : emit_note(document->sink, 0, err, "damaged: there is nothing in it");
    }
    r = format_office.read(&plain, limits, document->sink, err);
    return r < 0 ? r : note_open(document, holds, err);
}

static int load(struct locked_document *document, bool *out_whole, struct tq_error *err)
{
    const struct extract_input *input = document->input;
    struct compound compound;
    bool sound, found = false, whole = false;
    int r = compound_open(&compound, input->fd, input->size_bytes, &sound, err);

    if (r == TQ_OK && sound)
        r = compound_load(&compound, "EncryptionInfo", INFO_BYTES_MAX, &found, &document->info,
                          err);
    if (r == TQ_OK && sound)
        r = compound_load(&compound, PACKAGE, OFFICE_LOCKED_BYTES_MAX, &whole, &document->package,
                          err);
    compound_clear(&compound);
    if (r == TQ_OK)
        *out_whole = whole;
    return r;
}

static int locked_read(const struct extract_input *input, const struct extract_limits *limits,
                       const struct sink *sink, struct tq_error *err)
{
    CLEANUP(document_clear) struct locked_document document = {.input = input, .sink = sink};
    bool whole = false;
    int r = load(&document, &whole, err);

    if (r == TQ_OK)
        r = office_lock_read(buf_slice(&document.info), &document.lock, err);
    if (r < 0)
        return r;
    if (!whole) {
        r = emit_type(sink, "office", err);
        return r < 0 ? r
                     : emit_note(sink, 0, err,
                                 "encrypted: not read, it is damaged or larger than %zu MiB",
                                 OFFICE_LOCKED_BYTES_MAX >> 20);
    }
    if (document.lock.kind != OFFICE_LOCK_UNKNOWN)
        r = find_password(&document, err);
    if (r < 0)
        return r;
    return document.is_open ? read_package(&document, limits, err) : note_shut(&document, err);
}

static enum claim locked_claim(struct slice head, const struct extract_input *input)
{
    struct tq_error ignored;
    bool has = false;

    if (compound_has(head, input->fd, input->size_bytes, PACKAGE, &has, &ignored) < 0)
        return CLAIM_FAILED;
    return has ? CLAIM_CERTAIN : CLAIM_NONE;
}

const struct format format_locked = {"office", locked_claim, locked_read};
