/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tahqiq: one table of subcommands, parsed and helped alike. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "cli/command.h"

static const struct command *const commands[] = {
    &command_inquire,        &command_case_new,        &command_take,
    &command_examine,        &command_status,          &command_show,
    &command_export,         &command_report,          &command_verify,
    &command_register_build, &command_register_info,   &command_register_compare,
    &command_register_rekey, &command_register_checks, &command_drill,
    &command_drill_score,
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

void complain(const char *format, ...)
{
    CLEANUP(buf_clear_cleanup) struct buf escaped = {0};
    char message[1024];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    escape_text(&escaped, slice_of(message));
    (void)fprintf(stderr, "tahqiq: %s\n", escaped.data ? escaped.data : message);
}

int command_failed(const struct tq_error *err)
{
    complain("%s", err->message);
    return err->status == TQ_E_USAGE ? EXIT_USAGE : EXIT_WORLD;
}

static int option_index(const struct command *command, const char *name, size_t length)
{
    for (int i = 0; command->options[i].name; i++) {
        if (strlen(command->options[i].name) == length
            && strncmp(command->options[i].name, name, length) == 0)
            return i;
    }
    return -1;
}

const char *option_value(const struct command *command, const struct options *options,
                         const char *name)
{
    int i = option_index(command, name, strlen(name));

    return i < 0 ? NULL : options->values[i];
}

bool option_given(const struct command *command, const struct options *options, const char *name)
{
    return option_value(command, options, name) != NULL;
}

bool option_number(const struct command *command, const struct options *options, const char *name,
                   unsigned long long low, unsigned long long high, unsigned long long *out_value)
{
    const char *text = option_value(command, options, name);
    unsigned long long value = 0;

    if (!text)
        return true;
    if (text[0] == '\0' || strlen(text) > 18 || strspn(text, "0123456789") != strlen(text))
        value = low - 1;
    else
        value = strtoull(text, NULL, 10);
    if (value < low || value > high) {
        complain("--%s takes a whole number from %llu to %llu, not '%s'", name, low, high, text);
        return false;
    }
    *out_value = value;
    return true;
}

static void print_usage(FILE *out, const struct command *command)
{
    (void)fprintf(out, "Usage: tahqiq %s%s", command->name,
                  command->options[0].name ? " [OPTION...]" : "");
    (void)fprintf(out, "%s%s\n", command->operands[0] ? " " : "", command->operands);
}

static void print_help(const struct command *command)
{
    print_usage(stdout, command);
    (void)printf("\n%s.\n\n%s\n\nOptions:\n", command->summary, command->help);
    for (const struct option_spec *option = command->options; option->name; option++) {
        char left[64];

        (void)snprintf(left, sizeof(left), "%s%s%s%s", option->name[1] ? "--" : "-", option->name,
                       option->argument ? " " : "", option->argument ? option->argument : "");
        (void)printf("  %-22s %s\n", left, option->help);
    }
    (void)printf("  %-22s %s\n", "--help", "show this help");
}

static void print_overview(FILE *out)
{
    (void)fputs("tahqiq: which published records are real, whose they are, and when they were "
                "taken\n\nUsage: tahqiq COMMAND [OPTION...]\n\n",
                out);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        (void)fprintf(out, "  %-17s %s\n", commands[i]->name, commands[i]->summary);
    (void)fputs("\n'tahqiq COMMAND --help' tells more. Exit status: 0 done, 1 the world failed, "
                "2 usage.\n",
                out);
}

/* Take one option; 1: it used the next argument too, 0: it did not, -1: it is wrong. */
static int take_option(const struct command *command, const char *argument, const char *next,
                       struct options *options)
{
    const char *name = argument + (argument[1] == '-' ? 2 : 1);
    const char *equals = argument[1] == '-' ? strchr(name, '=') : NULL;
    int i = option_index(command, name, equals ? (size_t)(equals - name) : strlen(name));

    if (i < 0) {
        complain("%s: there is no option '%s'", command->name, argument);
        return -1;
    }
    if (!command->options[i].argument) {
        if (equals) {
            complain("%s: option '%s' takes no value", command->name, command->options[i].name);
            return -1;
        }
        options->values[i] = "";
        return 0;
    }
    if (!equals && !next) {
        complain("%s: option '%s' needs %s", command->name, argument, command->options[i].argument);
        return -1;
    }
    options->values[i] = equals ? equals + 1 : next;
    return equals ? 0 : 1;
}

static bool parse(const struct command *command, int count, const char *const *arguments,
                  struct options *options, bool *out_help)
{
    bool only_operands = false;

    *out_help = false;
    for (int i = 0; i < count; i++) {
        const char *argument = arguments[i];
        int used;

        if (only_operands || argument[0] != '-' || argument[1] == '\0') {
            options->operands[options->operand_count++] = argument;
            continue;
        }
        if (strcmp(argument, "--") == 0) {
            only_operands = true;
            continue;
        }
        if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
            *out_help = true;
            return true;
        }
        used = take_option(command, argument, i + 1 < count ? arguments[i + 1] : NULL, options);
        if (used < 0)
            return false;
        i += used;
    }
    if (options->operand_count < command->operands_min) {
        complain("%s: something is missing", command->name);
        return false;
    }
    if (command->operands_max >= 0 && options->operand_count > command->operands_max) {
        complain("%s: unexpected '%s'", command->name, options->operands[command->operands_max]);
        return false;
    }
    return true;
}

/* Whoever stops a long inquiry wants to know that nothing is lost. */
static void say_stopped(int signal)
{
    static const char text[] = "\ntahqiq: stopped; the same command goes on from here\n";

    if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
        return;          /* nobody listens */
    (void)raise(signal); /* its usual effect: SA_RESETHAND */
}

static void set_signals(const struct command *command)
{
    const struct sigaction stopped = {.sa_handler = say_stopped, .sa_flags = (int)SA_RESETHAND};

    /* Who closes the pipe has seen enough of what is printed; work goes on without a reader. */
    (void)signal(SIGPIPE, command->prints ? SIG_DFL : SIG_IGN);
    if (!command->resumes)
        return;
    (void)sigaction(SIGINT, &stopped, NULL);
    (void)sigaction(SIGTERM, &stopped, NULL);
}

static int run_command(const struct command *command, int count, const char *const *arguments)
{
    CLEANUP(free_cleanup) const char **operands = alloc_zeroed((size_t)count + 1, sizeof(char *));
    struct options options = {.operands = operands};
    bool help;

    if (!operands) {
        complain("out of memory");
        return EXIT_WORLD;
    }
    if (!parse(command, count, arguments, &options, &help)) {
        print_usage(stderr, command);
        return EXIT_USAGE;
    }
    if (help) {
        print_help(command);
        return EXIT_DONE;
    }
    set_signals(command);
    return command->run(&options);
}

/* The command that the first one or two words name; the longer name wins. */
static const struct command *find_command(int count, char **words, int *out_used)
{
    const struct command *found = NULL;

    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const char *name = commands[i]->name;
        const char *space = strchr(name, ' ');

        if (!space && strcmp(name, words[0]) == 0 && !found) {
            found = commands[i];
            *out_used = 1;
        }
        if (space && count > 1 && strncmp(name, words[0], (size_t)(space - name)) == 0
            && words[0][space - name] == '\0' && strcmp(space + 1, words[1]) == 0) {
            *out_used = 2;
            return commands[i];
        }
    }
    return found;
}

/* A first word that begins a two-word command deserves a better answer than "unknown". */
static void complain_about_word(const char *word)
{
    size_t length = strlen(word);

    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strncmp(commands[i]->name, word, length) == 0 && commands[i]->name[length] == ' ') {
            complain("'%s' needs a second word, as in '%s'", word, commands[i]->name);
            return;
        }
    }
    complain("there is no command '%s'; 'tahqiq --help' lists them", word);
}

int main(int argc, char **argv)
{
    const struct command *command;
    int used = 0, status;

    (void)setlocale(LC_CTYPE, "C.UTF-8");
    if (sodium_init() < 0) {
        complain("could not start the cryptographic library");
        return EXIT_WORLD;
    }
    if (argc < 2) {
        print_overview(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0
        || strcmp(argv[1], "help") == 0) {
        print_overview(stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)puts("tahqiq " TAHQIQ_VERSION);
        return EXIT_DONE;
    }
    command = find_command(argc - 1, argv + 1, &used);
    if (!command) {
        complain_about_word(argv[1]);
        return EXIT_USAGE;
    }
    status = run_command(command, argc - 1 - used, (const char *const *)argv + 1 + used);
    if (fflush(stdout) != 0 && errno != EPIPE && status == EXIT_DONE) {
        complain("could not write to standard output");
        return EXIT_WORLD;
    }
    return status;
}
