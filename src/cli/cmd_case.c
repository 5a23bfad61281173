/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tahqiq case new, take, examine, inquire, report: the steps of an inquiry */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/pool.h"
#include "cli/command.h"
#include "cli/session.h"
#include "report/report.h"

#define JOBS_MAX 256u

DEFINE_CLEANUP(struct reg *, reg_free)

/* Passwords of a file; none if there is no such option. */
static int passwords_open(const char *path, struct password_list *out_list, struct tq_error *err)
{
    return path ? password_list_load(path, out_list, err) : TQ_OK;
}

static const struct option_spec case_new_options[] = {
    {"title", "TEXT", "what the inquiry is about"},
    {NULL, NULL, NULL},
};

static int run_case_new(const struct options *options)
{
    const char *title = option_value(&command_case_new, options, "title");
    struct tq_error err;

    if (!title)
        return usage_failed(&command_case_new, "--title TEXT is needed");
    if (session_create(options->operands[0], title, &err) < 0)
        return command_failed(&err);
    (void)printf("case: %s\n", options->operands[0]);
    return EXIT_DONE;
}

const struct command command_case_new = {
    .name = "case new",
    .operands = "CASE",
    .summary = "Make an empty case",
    .help = "A case is a folder with the evidence, the findings and the ledger of one inquiry.",
    .operands_min = 1,
    .operands_max = 1,
    .options = case_new_options,
    .run = run_case_new,
};

/* ---- take ---- */

static const struct option_spec take_options[] = {
    {"source", "TEXT", "where the evidence came from"},
    {"by", "NAME", "who takes it (default: the login name)"},
    {NULL, NULL, NULL},
};

static int run_take(const struct options *options)
{
    struct session session = {0};
    struct tq_error err;
    int r = session_open(options->operands[0], true, &session, &err);

    if (r == TQ_OK)
        r = session_take(&session, options->operands + 1, (size_t)options->operand_count - 1,
                         option_value(&command_take, options, "source"),
                         option_value(&command_take, options, "by"), &err);
    session_close(&session);
    return r < 0 ? command_failed(&err) : EXIT_DONE;
}

const struct command command_take = {
    .name = "take",
    .operands = "CASE EVIDENCE...",
    .summary = "Take files and folders into the custody of a case",
    .help =
        "Each file is copied into the vault of the case and hashed; path, size, digest, source,\n"
        "who and when go into the ledger before anything reads it. Originals are only read.",
    .operands_min = 2,
    .operands_max = -1,
    .options = take_options,
    .resumes = true,
    .run = run_take,
};

/* ---- examine ---- */

static void print_summary(const struct inquiry_summary *summary)
{
    (void)printf("examined: %" PRIu64 " exhibits, %" PRIu64 " tables, %" PRIu64 " records\n",
                 summary->exhibits, summary->tables, summary->records);
    for (int i = RECORD_VERDICT_COUNT - 1; i >= 0; i--) {
        if (summary->verdicts[i] > 0)
            (void)printf("  %-14s %" PRIu64 "\n", record_verdict_name((enum record_verdict)i),
                         summary->verdicts[i]);
    }
    if (summary->pictures_unread > 0)
        (void)printf("not read by OCR: %" PRIu64 " of %" PRIu64
                     " pages that are pictures; a larger --ocr goes on with them\n",
                     summary->pictures_unread, summary->pictures);
}

/* What examine and inquire are told alike. */
struct examine_settings {
    const char *register_path, *key_path;
    unsigned jobs;
    uint64_t ocr_pages_max;
};

/* False if one of their options is wrong. */
static bool examine_settings_of(const struct command *command, const struct options *options,
                                struct examine_settings *out)
{
    unsigned long long jobs = pool_processors(), pages = OCR_PAGES_DEFAULT;
    const char *ocr = option_value(command, options, "ocr");

    out->register_path = option_value(command, options, "register");
    out->key_path = option_value(command, options, "key");
    if (!out->register_path || !out->key_path) {
        (void)usage_failed(command, "%s",
                           out->register_path ? "--key KEYFILE is needed"
                           : out->key_path    ? "--register FILE.tqr is needed"
                                              : "--register FILE.tqr and --key KEYFILE are needed");
        return false;
    }
    if (!option_number(command, options, "jobs", 1, JOBS_MAX, &jobs))
        return false;
    if (ocr && strcmp(ocr, "off") == 0)
        pages = 0;
    else if (!option_number(command, options, "ocr", 0, OCR_PAGES_MAX, &pages))
        return false;
    out->jobs = (unsigned)jobs;
    out->ocr_pages_max = pages;
    return true;
}

static const struct option_spec examine_options[] = {
    {"register", "FILE.tqr", "the sealed register"},
    {"key", "KEYFILE", "its key"},
    {"rules", "RULES.yaml", "rules of your own (default: those that come with the program)"},
    {"passwords", "FILE", "passwords to try on what is encrypted, one a line"},
    {"ocr", "PAGES|off", "pages of scans that are read by OCR, in all (default: 300)"},
    {"jobs", "N", "threads and readers (default: the processors); changes speed only"},
    {NULL, NULL, NULL},
};

static int run_examine(const struct options *options)
{
    struct inquiry_summary summary = {0};
    struct examine_settings settings;
    CLEANUP(reg_free_cleanup) struct reg *reg = NULL;
    CLEANUP(password_list_clear) struct password_list passwords = {0};
    struct session_rules rules = {0};
    struct session session = {0};
    struct tq_error err;
    int r;

    if (!examine_settings_of(&command_examine, options, &settings))
        return EXIT_USAGE;
    r = passwords_open(option_value(&command_examine, options, "passwords"), &passwords, &err);
    if (r == TQ_OK)
        r = register_open(settings.register_path, settings.key_path, &reg, &err);
    if (r == TQ_OK)
        r = session_rules_open(option_value(&command_examine, options, "rules"), reg, &rules, &err);
    if (r == TQ_OK)
        r = session_open(options->operands[0], true, &session, &err);
    if (r == TQ_OK)
        r = session_examine(&session,
                            &(struct session_means){.reg = reg,
                                                    .rules = &rules,
                                                    .passwords = &passwords,
                                                    .jobs = settings.jobs,
                                                    .ocr_pages_max = settings.ocr_pages_max},
                            &summary, &err);
    session_close(&session);
    session_rules_close(&rules);
    if (r < 0)
        return command_failed(&err);
    print_summary(&summary);
    return EXIT_DONE;
}

const struct command command_examine = {
    .name = "examine",
    .operands = "CASE",
    .summary = "Compare the evidence of a case with the register",
    .help =
        "Reads what was not read yet in a sandboxed process, finds out what each column holds,\n"
        "links records to subjects, dates the tables and judges every cell. May be killed and\n"
        "run again at any time.",
    .operands_min = 1,
    .operands_max = 1,
    .options = examine_options,
    .resumes = true,
    .run = run_examine,
};

/* ---- inquire ---- */

static const struct option_spec inquire_options[] = {
    {"register", "FILE.tqr", "the sealed register"},
    {"key", "KEYFILE", "its key"},
    {"o", "CASE", "the case to make, or to go on with"},
    {"title", "TEXT", "what the inquiry is about"},
    {"source", "TEXT", "where the evidence came from"},
    {"by", "NAME", "who takes it (default: the login name)"},
    {"lang", "fr|ar|en", "language of the report (default: en)"},
    {"rules", "RULES.yaml", "rules of your own (default: those that come with the program)"},
    {"passwords", "FILE", "passwords to try on what is encrypted, one a line"},
    {"ocr", "PAGES|off", "pages of scans that are read by OCR, in all (default: 300)"},
    {"jobs", "N", "threads and readers (default: the processors); changes speed only"},
    {NULL, NULL, NULL},
};

/* Evidence must be there before a case is made: a mistyped path leaves no trace. */
static int check_evidence(const struct options *options, struct tq_error *err)
{
    for (int i = 0; i < options->operand_count; i++) {
        struct stat status;

        if (lstat(options->operands[i], &status) < 0)
            return tq_fail(err, TQ_E_IO, "there is no evidence '%s'", options->operands[i]);
        if (S_ISDIR(status.st_mode) && access(options->operands[i], R_OK | X_OK) < 0)
            return tq_fail(err, TQ_E_IO, "evidence '%s' could not be read: %s",
                           options->operands[i], strerror(errno));
    }
    return TQ_OK;
}

static int inquire(const struct options *options, const char *folder,
                   const struct examine_settings *settings, struct tq_error *err)
{
    const struct command *command = &command_inquire;
    const char *title = option_value(command, options, "title");
    const char *language = option_value(command, options, "lang");
    CLEANUP(free_cleanup) char *report = file_join(folder, "report");
    CLEANUP(reg_free_cleanup) struct reg *reg = NULL;
    CLEANUP(password_list_clear) struct password_list passwords = {0};
    struct inquiry_summary summary = {0};
    struct session_rules rules = {0};
    struct session session = {0};
    int r = report_check_language(language ? language : "en", err);

    if (!report)
        return tq_no_memory(err);
    if (r == TQ_OK)
        r = check_evidence(options, err);
    if (r == TQ_OK)
        r = passwords_open(option_value(command, options, "passwords"), &passwords, err);
    if (r == TQ_OK)
        r = register_open(settings->register_path, settings->key_path, &reg, err);
    if (r == TQ_OK)
        r = session_rules_open(option_value(command, options, "rules"), reg, &rules, err);
    if (r == TQ_OK && !case_is_case(folder))
        r = session_create(folder, title ? title : "Inquiry", err);
    if (r == TQ_OK)
        r = session_open(folder, true, &session, err);
    if (r == TQ_OK && options->operand_count > 0)
        r = session_take(&session, options->operands, (size_t)options->operand_count,
                         option_value(command, options, "source"),
                         option_value(command, options, "by"), err);
    if (r == TQ_OK)
        r = session_examine(&session,
                            &(struct session_means){.reg = reg,
                                                    .rules = &rules,
                                                    .passwords = &passwords,
                                                    .jobs = settings->jobs,
                                                    .ocr_pages_max = settings->ocr_pages_max},
                            &summary, err);
    if (r == TQ_OK) {
        print_summary(&summary);
        r = session_report(&session, report, language ? language : "en", err);
    }
    session_close(&session);
    session_rules_close(&rules);
    if (r == TQ_OK)
        (void)printf("report: %s/report.html\n", report);
    return r;
}

static int run_inquire(const struct options *options)
{
    const char *folder = option_value(&command_inquire, options, "o");
    struct examine_settings settings;
    struct tq_error err;

    if (!examine_settings_of(&command_inquire, options, &settings))
        return EXIT_USAGE;
    if (!folder)
        return usage_failed(&command_inquire, "-o CASE is needed");
    if (options->operand_count == 0 && !case_is_case(folder))
        return usage_failed(&command_inquire,
                            "no evidence was given, and '%s' is no case to go on with", folder);
    if (inquire(options, folder, &settings, &err) < 0)
        return command_failed(&err);
    return EXIT_DONE;
}

const struct command command_inquire = {
    .name = "inquire",
    .operands = "EVIDENCE...",
    .summary = "The whole inquiry in one command: take, examine, report",
    .help = "Makes the case if it is not there, takes the evidence, examines all of it and writes\n"
            "CASE/report/report.html. Run again it goes on where it was stopped, and takes new\n"
            "evidence in.",
    .operands_min = 0,
    .operands_max = -1,
    .options = inquire_options,
    .resumes = true,
    .run = run_inquire,
};

/* ---- report ---- */

static const struct option_spec report_options[] = {
    {"o", "DIR", "where to write it (default: CASE/report)"},
    {"lang", "fr|ar|en", "language (default: en)"},
    {NULL, NULL, NULL},
};

static int run_report(const struct options *options)
{
    const char *language = option_value(&command_report, options, "lang");
    const char *folder = option_value(&command_report, options, "o");
    CLEANUP(free_cleanup) char *usual = file_join(options->operands[0], "report");
    struct session session = {0};
    struct tq_error err;
    int r = usual ? TQ_OK : tq_no_memory(&err);

    if (r == TQ_OK)
        r = session_open(options->operands[0], true, &session, &err);
    if (r == TQ_OK)
        r = session_report(&session, folder ? folder : usual, language ? language : "en", &err);
    session_close(&session);
    if (r < 0)
        return command_failed(&err);
    (void)printf("report: %s/report.html\n", folder ? folder : usual);
    return EXIT_DONE;
}

const struct command command_report = {
    .name = "report",
    .operands = "CASE",
    .summary = "Write the inquiry report",
    .help = "One self-contained HTML page and report.json. Values are masked.",
    .operands_min = 1,
    .operands_max = 1,
    .options = report_options,
    .run = run_report,
};
