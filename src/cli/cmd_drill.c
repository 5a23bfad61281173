/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tahqiq drill and drill score: rehearse on a synthetic institution */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/export_file.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "drill/drill.h"
#include "institution/institution.h"
#include "report/export.h"

#define PERSONS_MAX 100000000ull

/* ---- drill ---- */

#define PROFILE_FUND "fund"

static const struct option_spec drill_options[] = {
    {"profile", "NAME", "which institution: fund (default), university, clinic or association"},
    {"persons", "N", "insured persons in the register (default: 40000)"},
    {"employers", "N", "employers (default: 8 % of the persons)"},
    {"months", "N", "months of declarations (default: 36)"},
    {"rows", "N", "rows of the leaked list (default: half the persons)"},
    {"documents", "N", "salary certificates as PDF (default: 2.7 % of the rows)"},
    {"seed", "N", "another seed makes another world (default: 1)"},
    {"no-header", NULL, "the leaked lists have no header row"},
    {"shuffle", NULL, "their columns stand in another order"},
    {"only", "WHOM", "the leaked lists show only one region's or one employer's persons"},
    {"postgres", "CONNINFO", "load the register into this database as well (schema/README.md)"},
    {NULL, NULL, NULL},
};

static void making(void *state, const char *stage, double share)
{
    progress_step(state, stage, (uint64_t)(share * 100), 100, "%");
}

/* False if a number is wrong; it was complained about. */
static bool read_sizes(const struct options *options, struct drill_request *request)
{
    const struct command *command = &command_drill;
    unsigned long long persons = 0, employers = 0, months = 0, rows = 0, documents = UINT32_MAX;
    unsigned long long seed = 1;

    if (!option_number(command, options, "persons", 1, PERSONS_MAX, &persons)
        || !option_number(command, options, "employers", 1, PERSONS_MAX, &employers)
        || !option_number(command, options, "months", 1, 600, &months)
        || !option_number(command, options, "rows", 1, PERSONS_MAX, &rows)
        || !option_number(command, options, "documents", 0, PERSONS_MAX, &documents)
        || !option_number(command, options, "seed", 1, INT64_MAX, &seed))
        return false;
    request->persons = (uint32_t)persons;
    request->employers = (uint32_t)employers;
    request->months = (uint32_t)months;
    request->rows = (uint32_t)rows;
    request->documents = documents == UINT32_MAX ? -1 : (int64_t)documents;
    request->seed = seed;
    return true;
}

/* False if there is no such part of a register; it was complained about. */
static bool read_only(const struct options *options, enum drill_only *out_only)
{
    const char *word = option_value(&command_drill, options, "only");

    *out_only = ONLY_NOTHING;
    if (word && strcmp(word, "region") == 0)
        *out_only = ONLY_REGION;
    else if (word && strcmp(word, "employer") == 0)
        *out_only = ONLY_EMPLOYER;
    else if (word)
        complain("drill: --only is 'region' or 'employer', not '%s'", word);
    return !word || *out_only != ONLY_NOTHING;
}

static int make(const struct drill_request *request, const char *profile,
                struct drill_summary *summary, struct tq_error *err)
{
    if (strcmp(profile, PROFILE_FUND) == 0)
        return drill_make(request, summary, err);
    return institution_drill(profile, request, summary, err);
}

static int run_drill(const struct options *options)
{
    const char *profile = option_value(&command_drill, options, "profile");
    struct drill_request request = {.folder = options->operands[0], .progress = making};
    struct drill_summary summary = {0};
    struct progress progress;
    struct tq_error err;
    int r;

    request.no_header = option_given(&command_drill, options, "no-header");
    request.shuffle_columns = option_given(&command_drill, options, "shuffle");
    request.postgres = option_value(&command_drill, options, "postgres");
    if (!read_sizes(options, &request) || !read_only(options, &request.only))
        return EXIT_USAGE;
    progress_start(&progress);
    request.state = &progress;
    r = make(&request, profile ? profile : PROFILE_FUND, &summary, &err);
    progress_end(&progress);
    if (r < 0)
        return command_failed(&err);
    (void)printf("register: %s/register/register.yaml, %" PRIu64 " rows\n", request.folder,
                 summary.register_rows);
    if (request.postgres)
        (void)printf("database: %s/register/register-postgres.yaml\n", request.folder);
    (void)printf("leak: %s/leak, %" PRIu64 " files, %" PRIu64 " records, %u documents\n",
                 request.folder, summary.leak_files, summary.records, summary.documents);
    (void)printf("truth: %s/truth\n", request.folder);
    return EXIT_DONE;
}

const struct command command_drill = {
    .name = "drill",
    .operands = "DIR",
    .summary = "Make a synthetic register, a leak and the truth, to rehearse on",
    .help =
        "Writes DIR/register, DIR/leak and DIR/truth. Everybody in it is invented; identifiers\n"
        "come from ranges that no real one can have. The same arguments give the same bytes.\n"
        "Other profiles than the fund have persons, rows, a seed and --only region.\n"
        "With --postgres the register also goes into the tables of schema/, which must be empty;\n"
        "a password is taken from the passfile or a service file, never from the command line.",
    .operands_min = 1,
    .operands_max = 1,
    .options = drill_options,
    .run = run_drill,
};

/* ---- drill score ---- */

static const struct option_spec score_options[] = {
    {"json", NULL, "one JSON object"},
    {NULL, NULL, NULL},
};

static const char *const scored[] = {"records", "subjects", "exhibits", "snapshots",
                                     "counts",  "breaks",   "mosaic",   "pdf_signs"};
#define SCORED_COUNT (sizeof(scored) / sizeof(scored[0]))

/* "folder/records.csv"; NULL when memory runs out. */
static char *scored_path(const char *folder, const char *name)
{
    char file[32];

    (void)snprintf(file, sizeof(file), "%s.csv", name);
    return file_join(folder, file);
}

static int export_all(struct case_store *store, const char *folder, struct tq_error *err)
{
    for (size_t i = 0; i < SCORED_COUNT; i++) {
        CLEANUP(free_cleanup) char *path = scored_path(folder, scored[i]);
        int r;

        if (!path)
            return tq_no_memory(err);
        r = export_to_file(store, export_find(scored[i]), ROW_CSV, path, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static void remove_exports(const char *folder)
{
    for (size_t i = 0; i < SCORED_COUNT; i++) {
        CLEANUP(free_cleanup) char *path = scored_path(folder, scored[i]);

        if (path)
            (void)unlink(path);
    }
    (void)rmdir(folder);
}

/* Scoring works on exports, as anybody would check: into a folder of its own, removed after. */
static int score_case(const char *drill_folder, const char *case_folder,
                      struct drill_score **out_score, struct tq_error *err)
{
    const char *temporary = getenv("TMPDIR");
    CLEANUP(free_cleanup)
    char *folder = file_join(temporary ? temporary : "/tmp", "tahqiq-score-XXXXXX");
    struct session session = {0};
    int r;

    if (!folder)
        return tq_no_memory(err);
    r = session_open(case_folder, false, &session, err);
    if (r < 0)
        return r;
    if (!mkdtemp(folder)) {
        r = tq_fail(err, TQ_E_IO, "could not make folder '%s': %s", folder, strerror(errno));
    } else {
        r = export_all(session.store, folder, err);
        if (r == TQ_OK)
            r = drill_score(drill_folder, folder, out_score, err);
        remove_exports(folder);
    }
    session_close(&session);
    return r;
}

static int run_score(const struct options *options)
{
    CLEANUP(buf_clear_cleanup) struct buf out = {0};
    struct drill_score *score = NULL;
    struct tq_error err;

    if (score_case(options->operands[0], options->operands[1], &score, &err) < 0)
        return command_failed(&err);
    if (option_given(&command_drill_score, options, "json"))
        drill_score_json(score, &out);
    else
        drill_score_text(score, &out);
    (void)drill_score_free(score);
    if (buf_check(&out, &err) < 0)
        return command_failed(&err);
    (void)fwrite(out.data, 1, out.length, stdout);
    return EXIT_DONE;
}

const struct command command_drill_score = {
    .name = "drill score",
    .operands = "DIR CASE",
    .summary = "Compare what a case found with the truth of a drill",
    .help = "Precision and recall of subjects, the confusion of verdicts, errors of the counts,\n"
            "calibration of the posteriors and coverage of the dates.",
    .operands_min = 2,
    .operands_max = 2,
    .options = score_options,
    .prints = true,
    .run = run_score,
};
