/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Stands in for pg_restore: says what it was given to read, and tries to get out of its jail. What
 * it does then is the first word of its input. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int gets_out(void)
{
    if (open("/etc/passwd", O_RDONLY) >= 0)
        return 1;
    if (open("/tmp/tahqiq-restore-probe", O_WRONLY | O_CREAT, 0600) >= 0)
        return 2;
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0)
        return 3;
    if (kill(getppid(), 0) == 0)
        return 4;
    return fork() >= 0 ? 5 : 0;
}

int main(int argc, char **argv)
{
    char word[16] = "";
    ssize_t got = read(STDIN_FILENO, word, sizeof(word) - 1);

    if (got > 0)
        word[got] = '\0';
    (void)printf("%s %s %d\n", argc == 2 ? argv[1] : "?", word, got > 0 ? gets_out() : -1);
    (void)fflush(stdout);
    if (strcmp(word, "hang") == 0)
        (void)pause();
    while (strcmp(word, "flood") == 0)
        (void)write(STDOUT_FILENO, word, sizeof(word));
    while (strcmp(word, "loop") == 0)
        ;
    if (strcmp(word, "crash") == 0)
        (void)raise(SIGSEGV);
    return strcmp(word, "fail") == 0;
}
