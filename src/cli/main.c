/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tahqiq: one table of subcommands, parsed and helped alike. */
#include <errno.h>
#include <fcntl.h>
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
#include "cli/nearest.h"

static const struct command *const commands[] = {
    &command_inquire,        &command_case_new,        &command_take,
    &command_examine,        &command_status,          &command_show,
    &command_export,         &command_report,          &command_verify,
    &command_register_build, &command_register_info,   &command_register_compare,
    &command_register_rekey, &command_register_checks, &command_register_check,
    &command_canary_make,    &command_canary_check,    &command_drill,
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

static void print_usage(FILE *out, const struct command *command)
{
    (void)fprintf(out, "Usage: tahqiq %s%s", command->name,
                  command->options[0].name ? " [OPTION...]" : "");
    (void)fprintf(out, "%s%s\n", command->operands[0] ? " " : "", command->operands);
}

int usage_failed(const struct command *command, const char *format, ...)
{
    char message[1024];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    complain("%s: %s", command->name, message);
    print_usage(stderr, command);
    (void)fprintf(stderr, "'tahqiq %s --help' tells more.\n", command->name);
    return EXIT_USAGE;
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
    const char *text = option_value(command, options, name), *word;
    unsigned long long value = 0;

    if (!text)
        return true;
    if (text[0] == '\0' || strlen(text) > 18 || strspn(text, "0123456789") != strlen(text))
        value = low - 1;
    else
        value = strtoull(text, NULL, 10);
    if (value < low || value > high) {
        word = strchr(command->options[option_index(command, name, strlen(name))].argument, '|');
        complain("--%s takes a whole number from %llu to %llu%s%s, not '%s'", name, low, high,
                 word ? ", or " : "", word ? word + 1 : "", text);
        return false;
    }
    *out_value = value;
    return true;
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

static int no_such_option(const struct command *command, const char *argument, const char *name)
{
    const char *nearest = NULL;
    unsigned best = NEAREST_FAR;

    for (const struct option_spec *option = command->options; option->name; option++) {
        unsigned distance = nearest_distance(name, option->name);

        if (distance < best && distance <= nearest_limit(option->name) && option->name[1]) {
            best = distance;
            nearest = option->name;
        }
    }
    if (nearest)
        (void)usage_failed(command, "there is no option '%s'; did you mean '--%s'?", argument,
                           nearest);
    else
        (void)usage_failed(command, "there is no option '%s'", argument);
    return -1;
}

/* Take one option; 1: it used the next argument too, 0: it did not, -1: it is wrong. */
static int take_option(const struct command *command, const char *argument, const char *next,
                       struct options *options)
{
    const char *name = argument + (argument[1] == '-' ? 2 : 1);
    const char *equals = argument[1] == '-' ? strchr(name, '=') : NULL;
    int i = option_index(command, name, equals ? (size_t)(equals - name) : strlen(name));

    if (i < 0)
        return no_such_option(command, argument, name);
    if (!command->options[i].argument) {
        if (equals) {
            (void)usage_failed(command, "option '--%s' takes no value", command->options[i].name);
            return -1;
        }
        options->values[i] = "";
        return 0;
    }
    if (!equals && !next) {
        (void)usage_failed(command, "option '%s' needs %s", argument, command->options[i].argument);
        return -1;
    }
    options->values[i] = equals ? equals + 1 : next;
    return equals ? 0 : 1;
}

/* "ID" of "CASE record ID" when two were given. */
static const char *operands_after(const char *operands, int given)
{
    while (given-- > 0)
        operands = strchr(operands, ' ') + 1;
    return operands;
}

static bool check_operands(const struct command *command, const struct options *options)
{
    int given = options->operand_count;

    if (given < command->operands_min) {
        (void)usage_failed(command, "%s is missing", operands_after(command->operands, given));
        return false;
    }
    if (command->operands_max >= 0 && given > command->operands_max) {
        (void)usage_failed(command, "unexpected '%s'", options->operands[command->operands_max]);
        return false;
    }
    return true;
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
    return check_operands(command, options);
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
    if (!parse(command, count, arguments, &options, &help))
        return EXIT_USAGE;
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

/* Whether a command of two words begins with this one, or the first of these. */
static bool begins_two_words(const struct command *command, const char *word)
{
    size_t length = strcspn(word, " ");

    return length > 0 && strncmp(command->name, word, length) == 0 && command->name[length] == ' ';
}

/* The commands that begin with a word, on one line each; false if there are none. */
static bool print_group(FILE *out, const char *word)
{
    bool found = false;

    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (!begins_two_words(commands[i], word))
            continue;
        (void)fprintf(out, "  %-16s %s\n", commands[i]->name, commands[i]->summary);
        found = true;
    }
    return found;
}

/* How far what was written is from a command: its name, or one word of its two. */
static unsigned distance_of(const struct command *command, const char *first, const char *second)
{
    char both[2 * NEAREST_LETTERS_MAX] = "";
    const char *space = strchr(command->name, ' ');
    unsigned one = nearest_distance(first, command->name), two;

    (void)snprintf(both, sizeof(both), "%s %s", first, second);
    if (space && strcmp(first, space + 1) == 0)
        return 0;
    two = nearest_distance(both, command->name);
    if (space && two < one)
        one = two;
    return one <= nearest_limit(command->name) ? one : NEAREST_FAR;
}

/* Who mistypes a command is told the nearest; who names half of one is told the halves. */
static int complain_about_words(int count, char **words)
{
    const char *second = count > 1 ? words[1] : "";
    const struct command *nearest = NULL;
    unsigned best = NEAREST_FAR;

    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        unsigned distance = distance_of(commands[i], words[0], second);

        if (distance < best) {
            best = distance;
            nearest = commands[i];
        }
        if (begins_two_words(commands[i], words[0]) && second[0] == '\0') {
            complain("'%s' needs a second word:", words[0]);
            (void)print_group(stderr, words[0]);
            return EXIT_USAGE;
        }
    }
    if (nearest && best > 0 && strchr(nearest->name, ' ') && second[0] == '\0') {
        complain("there is no command '%s'; did you mean one of these?", words[0]);
        (void)print_group(stderr, nearest->name);
    } else if (nearest) {
        complain("there is no command '%s%s%s'; did you mean '%s'?", words[0],
                 strchr(nearest->name, ' ') && second[0] ? " " : "",
                 strchr(nearest->name, ' ') ? second : "", nearest->name);
    } else {
        complain("there is no command '%s'; 'tahqiq --help' lists them", words[0]);
    }
    return EXIT_USAGE;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* "tahqiq help WORDS": of everything, of one command, or of those that begin with a word. */
static int help(int count, char **words)
{
    const struct command *command;
    int used;

    if (count == 0) {
        print_overview(stdout);
        return EXIT_DONE;
    }
    command = find_command(count, words, &used);
    if (command)
        print_help(command);
    else if (!print_group(stdout, words[0]))
        return complain_about_words(count, words);
    return EXIT_DONE;
}

static int run_words(int count, char **words)
{
    const struct command *command;
    int used = 0;

    if (count == 0) {
        print_overview(stderr);
        return EXIT_USAGE;
    }
    if (is_help(words[0]) || strcmp(words[0], "help") == 0)
        return help(count - 1, words + 1);
    if (strcmp(words[0], "--version") == 0) {
        (void)puts("tahqiq " TAHQIQ_VERSION);
        return EXIT_DONE;
    }
    command = find_command(count, words, &used);
    if (command)
        return run_command(command, count - used, (const char *const *)words + used);
    if (count > 1 && is_help(words[1]) && print_group(stdout, words[0]))
        return EXIT_DONE;
    return complain_about_words(count, words);
}

/*
 * A program started without standard output would open the evidence or the case in its place and
 * print into it. What is missing is held by something that refuses.
 */
static void hold_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

int main(int argc, char **argv)
{
    int status;

    hold_standard_descriptors();
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    if (sodium_init() < 0) {
        complain("could not start the cryptographic library");
        return EXIT_WORLD;
    }
    status = run_words(argc - 1, argv + (argc > 0));
    if (fflush(stdout) != 0 && errno != EPIPE && status == EXIT_DONE) {
        complain("could not write to standard output");
        return EXIT_WORLD;
    }
    return status;
}
