/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tahqiq canary make: false persons for an export */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "canary/export.h"
#include "canary/register_block.h"
#include "cli/command.h"
#include "cli/session.h"
#include "register/key_file.h"

_Static_assert(KEY_FILE_BYTES == CANARY_KEY_BYTES, "the key file is the key of canaries");

DEFINE_CLEANUP(struct reg *, reg_free)
DEFINE_CLEANUP(struct canary_plan *, canary_plan_free)

static const struct option_spec make_options[] = {
    {"key", "KEYFILE", "the key of the canaries, made if missing"},
    {"recipient", "NAME", "whose export they go into, as the plan calls it"},
    {"o", "FILE", "where to write them (default: standard output)"},
    {"register", "FILE.tqr", "warn if it has people in the reserved block; names from it"},
    {"register-key", "KEYFILE", "the key of the register"},
    {NULL, NULL, NULL},
};

/* A person in the block could be taken for a canary, and a canary for a person. */
static int warn_of_people(const struct canary_export *export, const struct canary_column *column,
                          struct tq_error *err)
{
    struct canary_identifiers identifiers = {0};
    struct block_use use = {0};
    int r = canary_identifiers_make(export->recipient, column, export->key, &identifiers, err);

    if (r < 0)
        return r;
    r = register_block_use(export->reg, column, &identifiers, &use, err);
    canary_identifiers_clear(&identifiers);
    if (r == TQ_OK && use.in_block > 0)
        complain("warning: the register has %" PRIu64 " identifiers in the block of '%s', %" PRIu64
                 " of them canaries' own: reserve another block",
                 use.in_block, column->header, use.canaries);
    return r;
}

static int check_register(const struct canary_export *export, struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t i = 0; export->reg && i < export->plan->column_count && r == TQ_OK; i++) {
        if (export->plan->columns[i].source == CANARY_ID)
            r = warn_of_people(export, &export->plan->columns[i], err);
    }
    return r;
}

static int write_rows(const struct options *options, const struct buf *rows, struct tq_error *err)
{
    const char *path = option_value(&command_canary_make, options, "o");

    if (path)
        return file_save(path, buf_slice(rows), 0600, err);
    if (fwrite(rows->data, 1, rows->length, stdout) != rows->length || fflush(stdout) != 0)
        return tq_fail(err, TQ_E_IO, "could not write to standard output");
    return TQ_OK;
}

/* What to keep, on stderr: rows go to stdout. */
static void say_made(const struct canary_export *export)
{
    uint8_t id[CANARY_KEY_ID_BYTES];
    char text[2 * CANARY_KEY_ID_BYTES + 1];

    canary_key_id(export->key, id);
    hex_of(id, sizeof(id), text);
    complain("made %u canaries for '%s' with the key %s", export->recipient->count,
             export->recipient->name, text);
    if (!export->plan->has_key_id)
        complain("put 'key_id: \"%s\"' into %s, and a check with another key is refused", text,
                 export->plan->file);
}

static int make_rows(const struct options *options, const struct canary_export *export,
                     struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf rows = {0};
    int r = check_register(export, err);

    if (r == TQ_OK)
        r = canary_export_write(export, &rows, err);
    if (r == TQ_OK)
        r = write_rows(options, &rows, err);
    if (rows.data)
        sodium_memzero(rows.data, rows.length);
    if (r == TQ_OK)
        say_made(export);
    return r;
}

static int load_key(const char *path, const struct canary_plan *plan, uint8_t key[CANARY_KEY_BYTES],
                    struct tq_error *err)
{
    bool is_new = !file_exists(path);
    int r;

    if (is_new && plan->has_key_id)
        return tq_fail(err, TQ_E_KEY,
                       "there is no key '%s'; a new one would not be that which %s names", path,
                       plan->file);
    r = key_file_load_or_make(path, key, err);
    if (r < 0)
        return r;
    if (is_new)
        complain("made the key '%s': without it no canary can be found again", path);
    warn_of_open_key(path);
    return canary_plan_check_key(plan, key, err);
}

static int make(const struct options *options, uint8_t key[CANARY_KEY_BYTES], struct tq_error *err)
{
    const struct command *command = &command_canary_make;
    const char *reg_path = option_value(command, options, "register");
    CLEANUP(canary_plan_free_cleanup) struct canary_plan *plan = NULL;
    CLEANUP(reg_free_cleanup) struct reg *reg = NULL;
    struct canary_export export = {.key = key};
    int r = canary_plan_load(options->operands[0], &plan, err);

    if (r == TQ_OK)
        r = canary_plan_recipient(plan, option_value(command, options, "recipient"),
                                  &export.recipient, err);
    if (r == TQ_OK && reg_path)
        r = register_open(reg_path, option_value(command, options, "register-key"), &reg, err);
    if (r == TQ_OK)
        r = load_key(option_value(command, options, "key"), plan, key, err);
    if (r < 0)
        return r;
    export.plan = plan;
    export.reg = reg;
    return make_rows(options, &export, err);
}

static int run_make(const struct options *options)
{
    const struct command *command = &command_canary_make;
    uint8_t key[CANARY_KEY_BYTES] = {0};
    struct tq_error err;
    int r;

    if (!option_given(command, options, "key"))
        return usage_failed(command, "--key KEYFILE is needed");
    if (!option_given(command, options, "recipient"))
        return usage_failed(command, "--recipient NAME is needed");
    if (option_given(command, options, "register")
        != option_given(command, options, "register-key"))
        return usage_failed(command, "--register and --register-key belong together");
    r = make(options, key, &err);
    sodium_memzero(key, sizeof(key));
    return r < 0 ? command_failed(&err) : EXIT_DONE;
}

const struct command command_canary_make = {
    .name = "canary make",
    .operands = "PLAN.yaml",
    .summary = "Make the false persons that go into an export",
    .help = "The rows are CSV, for the export to one recipient. Every choice is made by the key,\n"
            "the recipient and the number of the row: the same again each time, so only the key\n"
            "is kept. 'tahqiq canary check' looks for them in a leak.",
    .operands_min = 1,
    .operands_max = 1,
    .options = make_options,
    .prints = true,
    .run = run_make,
};
