"""A worker that speaks first, and fast: greets on each connection as soon as it has it.

`greeter GREETING` says its address. It holds the connections, except with an empty greeting, when it
closes them.
"""

import sys

from . import address
from .worker import say


def main(greeting):
    with address.listen(backlog=4096) as listener:
        say(address.text_of(listener))
        held = []
        while True:
            connection, _ = listener.accept()
            if greeting:
                connection.send(greeting)
                held.append(connection)
            else:
                connection.close()


if __name__ == "__main__":
    main(sys.argv[1].encode())
