// The agenthub program.

#include "app.hpp"
#include "cli/cli.hpp"

int main(int argc, char** argv) {
    return agenthub::run_cli(argc, argv, agenthub::serve);
}
