/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>

#include "base/error.h"

/* Exit status (DESIGN section 8): findings never change it. */
#define EXIT_DONE  0
#define EXIT_WORLD 1
#define EXIT_USAGE 2

/* An option of a command. Options may stand before, between and after operands. */
struct option_spec {
    const char *name;     /* without the dashes: "key"; one letter: "o" */
    const char *argument; /* what it takes, for the help: "FILE"; NULL: a switch */
    const char *help;
};

/* What was given for the options of a command, in the order of its table. */
#define OPTIONS_MAX 16
struct options {
    const char *values[OPTIONS_MAX]; /* NULL: not given; switches: "" */
    const char **operands;           /* owned by the caller of command_parse() */
    int operand_count;
};

/*
 * One subcommand. `name` may be of two words ("case new"). `run` returns an exit status and has
 * said on stderr what went wrong.
 */
struct command {
    const char *name;
    const char *operands;              /* for the usage line: "CASE EVIDENCE..." */
    const char *summary;               /* one line */
    const char *help;                  /* a paragraph or two */
    int operands_min, operands_max;    /* -1: any number */
    const struct option_spec *options; /* ends with a NULL name */
    bool prints;                       /* what it prints is all it does */
    bool resumes;                      /* stopped and run again, it goes on */
    int (*run)(const struct options *options);
};

extern const struct command command_drill, command_drill_score, command_register_build,
    command_register_info, command_register_compare, command_register_rekey,
    command_register_checks, command_register_check, command_inquire, command_case_new,
    command_take, command_examine, command_status, command_show, command_export, command_report,
    command_verify, command_canary_make, command_canary_check;

/* The value of an option by its name; the name must be in the command's table. */
const char *option_value(const struct command *command, const struct options *options,
                         const char *name);
bool option_given(const struct command *command, const struct options *options, const char *name);

/* A whole number within bounds; says what is wrong and returns false if it is none. Leaves
 * *out_value alone if the option was not given. */
bool option_number(const struct command *command, const struct options *options, const char *name,
                   unsigned long long low, unsigned long long high, unsigned long long *out_value);

/* "tahqiq: " and the message, escaped, to stderr. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "tahqiq: COMMAND: " and the message, how the command is used, and the exit status for that. */
int usage_failed(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Say what failed and give the exit status for it. */
int command_failed(const struct tq_error *err);

#endif
