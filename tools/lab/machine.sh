# Sourced by scripts that simulate machines on this one: Docker daemons, each with its own networks, processes, mounts
# and devices (requires root).
#
# The caller sets `script` to itself, calls `inside` if its first argument is --inside, sets `folder` and calls
# `prepare`. Then `start NAME` starts a machine, which ends with the caller. A machine NAME has
#   FOLDER/NAME/docker.sock   its daemon, restarted when it exits
#   FOLDER/NAME/pid           its first process; for a shell on the machine: nsenter -a -t "$(cat FOLDER/NAME/pid)"
# and its log in FOLDER/NAME.log. The caller may define `settle NAME`, run on the machine before its daemon starts.
declare -A unshared=()

# A machine's first process; when its unshare ends, it and all other processes of the machine end.
inside() {
    local name=$1 home=$2 cgroup=$3
    hostname "$name"
    ip link set lo up
    devices
    # In memory: fast, and gone with the machine.
    mkdir "$home/data"
    mount -t tmpfs tmpfs "$home/data"
    settle "$name"
    while true; do
        rm -f "$home/docker.pid"
        dockerd --host "unix://$home/docker.sock" --data-root "$home/data" --exec-root "$home/run" \
            --pidfile "$home/docker.pid" --cgroup-parent "$cgroup" --exec-opt native.cgroupdriver=cgroupfs \
            >>"$home/../$name.log" 2>&1 || true
        sleep 0.5
    done
}

# A separate /dev, with a sound card that discards all output.
devices() {
    mount -t tmpfs -o mode=755 tmpfs /dev
    mknod -m 666 /dev/null c 1 3
    mknod -m 666 /dev/zero c 1 5
    mknod -m 666 /dev/full c 1 7
    mknod -m 666 /dev/random c 1 8
    mknod -m 666 /dev/urandom c 1 9
    mknod -m 666 /dev/tty c 5 0
    mkdir /dev/pts /dev/shm /dev/snd
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts /dev/pts
    mount -t tmpfs -o mode=1777 tmpfs /dev/shm
    ln -s pts/ptmx /dev/ptmx
    ln -s /proc/self/fd /dev/fd
    mknod -m 660 /dev/snd/controlC0 c 1 3
    chgrp 29 /dev/snd/controlC0
}

prepare() {
    local tool
    for tool in dockerd ip iptables nsenter setpriv unshare; do
        command -v "$tool" >/dev/null || fail "$tool is not installed"
    done
    [ "$(id -u)" = 0 ] || fail "needs root"
    mkdir -p "$folder"
    folder=$(cd "$folder" && pwd)
    trap end EXIT
    trap 'exit 130' INT TERM
}

start() {
    local name=$1 home=$folder/$1 cgroup process
    cgroup=$(cgroup "$name")
    mkdir -p "$home"
    setpriv --pdeathsig KILL unshare --net --pid --mount --ipc --uts --fork --kill-child --mount-proc \
        "$script" --inside "$name" "$home" "$cgroup" </dev/null &
    process=$!
    # So that bash does not report how it ends.
    disown
    unshared[$name]=$process
    until [ -s "$home/pid" ]; do
        tr -d ' ' <"/proc/$process/task/$process/children" >"$home/pid" || fail "$name cannot be isolated"
        sleep 0.05
    done
}

cgroup() { echo "fleet-lab-$$-$1"; }

on() { nsenter -n -t "$(cat "$folder/$1/pid")" "${@:2}"; }

wait_for_daemons() {
    local name turn
    for name in "${!unshared[@]}"; do
        for turn in $(seq 300); do
            [ ! -S "$folder/$name/docker.sock" ] || continue 2
            sleep 0.1
        done
        tail -5 "$folder/$name.log" >&2
        fail "the daemon of $name did not start within 30 s; its last lines are above"
    done
}

fail() {
    echo "$(basename "$script"): $1" >&2
    exit 1
}

end() {
    trap '' INT TERM
    local name turn
    [ ${#unshared[@]} = 0 ] || kill -KILL "${unshared[@]}" 2>/dev/null || true
    for name in "${!unshared[@]}"; do
        # Its first process is the last to end.
        while [ -s "$folder/$name/pid" ] && [ -e "/proc/$(cat "$folder/$name/pid")" ]; do sleep 0.05; done
        rm -rf "${folder:?}/$name"
        for turn in $(seq 50); do
            # A group can be removed once its last process is gone.
            find /sys/fs/cgroup -depth -type d -path "*/$(cgroup "$name")*" -exec rmdir {} + 2>/dev/null || true
            find /sys/fs/cgroup -type d -name "$(cgroup "$name")" -print -quit | grep -q . || break
            sleep 0.1
        done
    done
}
