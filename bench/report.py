#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""report.py DIR TASKS CONTAINERS: the tables that bench/run left in DIR, as text on stdout and as DIR/report.json.

Whatever was not measured is left out.
"""
import csv
import glob
import json
import os
import re
import statistics
import sys
from collections import defaultdict

PERCENT_GOAL = 2.0  # more instructions than without the engine
ENGINE_GOAL = 256 * 1024  # bytes
TASK_GOAL = 256  # bytes
CREATE_GOAL = 2000000  # instructions: 1 ms, as the 0.7 million of a hook that does nothing were seen to take 0.3
CONTAINER_GOAL = 64 * 1024  # bytes
PEER = 'tini-static'  # what a start is compared with
WELL_BELOW = 0.5  # of setpriv's and bwrap's added time

WRAPPERS = {
    'only-exec': 'does nothing but become its command: the least possible',
    'lockdown-exec-host': 'plan handed in: this host holds all itself',
    'lockdown-exec-plan': 'plan handed in: a filter',
    'floor': 'a filter with a listener, its command below it, and a wait: the least with a broker',
    'lockdown-exec-nofiles': 'plan handed in: stays as parent and broker',
    'lockdown-exec-broker': 'plan handed in: the same, and files are held',
    'lockdown-exec': 'plan kept from an earlier start',
    'tini-static': 'PID 1: stays as parent',
    'catatonit': 'PID 1: stays as parent',
    'dumb-init': 'PID 1: stays as parent',
    'setpriv': '--no-new-privs',
    'bwrap': '--dev-bind / /',
}
STATES = {
    'before': 'engine not loaded',
    'unmarked': 'loaded, task not confined',
    'marked': 'confined',
    'nofilter': 'confined, no filter',
    'after': 'unloaded again',
}
PATHS = {
    'getppid': 'getppid(2)',
    'open-read': 'open, close; read only',
    'open-write': 'open, close; for writing',
    'create-unlink': 'create, close, unlink',
    'rename': 'rename there and back',
    'fork-exit': 'fork, exit, wait',
    'fork-exec': 'fork, exec, exit, wait',
}

goals = []
result = {}


def goal(text, value, limit, unit):
    met = value <= limit
    goals.append({'goal': text, 'value': round(value, 3), 'limit': limit, 'unit': unit, 'met': met})
    return met


def rows(directory, name):
    try:
        with open(os.path.join(directory, name), newline='', encoding='utf-8') as f:
            return [r for r in csv.reader(f, delimiter='\t', quoting=csv.QUOTE_NONE) if r]
    except FileNotFoundError:
        return []


def kernels(directory, table):
    found = (re.fullmatch(rf'{table}-([0-9.]+)\.tsv', os.path.basename(p))
             for p in glob.glob(os.path.join(directory, table + '-*.tsv')))
    return sorted((m[1] for m in found if m), key=lambda k: [int(n) for n in k.split('.')])


def heading(text):
    print(f'\n{text}\n{"=" * len(text)}')


def table(head, body):
    widths = [max(len(str(r[i])) for r in [head] + body) for i in range(len(head))]
    for r in [head] + body:
        # names to the left, and so what is said about a row in the end
        cells = (str(c).ljust(w) if i == 0 or not head[i] else str(c).rjust(w) for i, (c, w) in enumerate(zip(r, widths)))
        print(('  ' + '  '.join(cells)).rstrip())


# --- starts --------------------------------------------------------------------------------------------------------

def starts(directory, name):
    """What each wrapper adds to the bare command: median of the differences within a round, and of the minima."""
    took = defaultdict(dict)
    for variant, number, value in rows(directory, name):
        took[variant][int(number)] = int(value)
    bare = took.pop('bare', None)
    if not bare:
        return None
    added = {
        variant: {
            'median': statistics.median(t[n] - bare[n] for n in bare),
            'min': min(t.values()) - min(bare.values()),
        } for variant, t in sorted(took.items(), key=lambda i: list(WRAPPERS).index(i[0]))
    }
    for a in added.values():
        a['ratio'] = a['median'] / added[PEER]['median'] if PEER in added else None
    return {'bare': {'median': statistics.median(bare.values()), 'min': min(bare.values())}, 'rounds': len(bare),
            'added': added}


def judge_starts(where, measured):
    added = measured['added']
    for ours in (w for w in added if w.startswith('lockdown-exec')):
        if PEER in added:
            goal(f'{where}: {ours} adds no more to a start than {PEER}', added[ours]['ratio'], 1.0, 'ratio')
        if PEER in added and ours == 'lockdown-exec-nofiles':
            goal(f'{where}: a broker adds at most half of {PEER}', added[ours]['ratio'], 0.5, 'ratio')
        for other in ('setpriv', 'bwrap'):
            if other in added:
                goal(f'{where}: {ours} adds well less than {other}',
                     added[ours]['median'] / added[other]['median'], WELL_BELOW, 'ratio')


def ratio(value):
    return '-' if value is None else f'{value:.2f}'


def report_host_starts(directory):
    measured = {'roaming': starts(directory, 'start-host.tsv'), 'pinned': starts(directory, 'start-host-pinned.tsv')}
    measured = {k: v for k, v in measured.items() if v}
    if not measured:
        return
    result['start_host_ns'] = measured
    heading('Start of a command on this host: time added by what stands in front of it')
    for how, m in measured.items():
        judge_starts(f'host, {how}', m)
        print(f'\n  {how}: fork, exec and end of a static `true` alone takes {m["bare"]["median"] / 1e6:.2f} ms '
              f'(median of {m["rounds"]} rounds). Added:\n')
        table(['wrapper', 'median ms', 'min ms', f'x {PEER}', ''],
              [[w, f'{a["median"] / 1e6:.2f}', f'{a["min"] / 1e6:.2f}', ratio(a['ratio']), WRAPPERS.get(w, '')]
               for w, a in m['added'].items()])
    print('\n  Ratios travel, milliseconds do not. pinned: all on one processor.')


def report_guest_starts(directory):
    for kernel in kernels(directory, 'start'):
        m = starts(directory, f'start-{kernel}.tsv')
        if not m:
            continue
        result.setdefault('start_guest_instructions', {})[kernel] = m
        judge_starts(f'guest {kernel}, instructions', m)
        heading(f'Start of a command under the kernel engine, Linux {kernel}: instructions added')
        print(f'  `true` alone: {m["bare"]["median"]:.0f} instructions, kernel and all. Added (median of '
              f'{m["rounds"]} rounds):\n')
        table(['wrapper', 'instructions', f'x {PEER}', ''],
              [[w, f'{a["median"]:.0f}', ratio(a['ratio']), WRAPPERS.get(w, '')] for w, a in m['added'].items()])


# --- kernel paths --------------------------------------------------------------------------------------------------

def report_paths(directory):
    for kernel in kernels(directory, 'paths'):
        took = defaultdict(lambda: defaultdict(list))
        for state, _cycle, path, _batch, value in rows(directory, f'paths-{kernel}.tsv'):
            took[path][state].append(float(value))
        heading(f'Kernel paths, Linux {kernel}: instructions for one operation')
        print('  Least batch, and in % more than with the engine not loaded; in parentheses the mean of all batches,\n'
              '  with what the kernel does later (timer, RCU) and hence with noise of some 1 %.'
              f' ! = more than {PERCENT_GOAL:.0f} %.\n')
        body = []
        measured = {}
        for path, by_state in took.items():
            least = {s: min(v) for s, v in by_state.items()}
            mean = {s: statistics.mean(v) for s, v in by_state.items()}
            line = [PATHS.get(path, path), f'{least["before"]:.0f}']
            measured[path] = {}
            for state in STATES:
                if state not in least:
                    continue
                more = 100 * (least[state] / least['before'] - 1)
                later = 100 * (mean[state] / mean['before'] - 1)
                measured[path][state] = {'least': least[state], 'mean': round(mean[state], 1), 'percent': round(more, 2),
                                         'percent_of_mean': round(later, 2)}
                if state == 'before':
                    continue
                line.append(f'{least[state]:.0f} {more:+5.1f}%{"!" if more > PERCENT_GOAL else " "}({later:+5.1f}%)')
                if state != 'after':
                    goal(f'{kernel}: {PATHS.get(path, path)}: {STATES[state]}', more, PERCENT_GOAL, '% instructions')
            body.append(line)
        table(['', STATES['before']] + [t for s, t in STATES.items() if s != 'before'], body)
        result.setdefault('paths_instructions', {})[kernel] = measured


def report_refused(directory):
    for kernel in kernels(directory, 'refused'):
        took = defaultdict(list)
        for state, _cycle, _path, _batch, value in rows(directory, f'refused-{kernel}.tsv'):
            took[state].append(float(value))
        names = {
            'native': 'kernel locked down itself (prints, rate-limited)',
            'engine': 'kernel engine, event told',
            'engine-full': 'kernel engine, ring buffer full: event counted as lost',
        }
        if 'native' not in took:
            continue
        native = min(took['native'])
        heading(f'A refusal, Linux {kernel}: instructions for one refused open of /dev/mem')
        table(['', 'least', 'mean', 'than native'],
              [[n, f'{min(took[s]):.0f}', f'{statistics.mean(took[s]):.0f}', f'{min(took[s]) - native:+.0f}']
               for s, n in names.items() if s in took])
        print('  The filter that comes with the engine is part of it.')
        result.setdefault('refused_instructions', {})[kernel] = {
            s: {'least': min(v), 'mean': round(statistics.mean(v), 1)} for s, v in took.items()}


# --- memory --------------------------------------------------------------------------------------------------------

def figures(directory, kernel):
    seen = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for state, kind, name, value in rows(directory, f'memory-{kernel}.tsv'):
        seen[state][kind][name] += int(value)
    return seen


def grown(before, after):
    more = {n: after.get(n, 0) - before.get(n, 0) for n in set(before) | set(after)}
    return {n: v for n, v in sorted(more.items(), key=lambda i: -i[1]) if v}


def report_memory(directory, tasks):
    for kernel in kernels(directory, 'memory'):
        seen = figures(directory, kernel)
        if not seen.keys() >= {'unloaded', 'loaded', 'unmarked', 'marked1'}:
            print(f'\nMemory on {kernel}: not measured, the guest did not come to its end.')
            continue
        loaded = seen['loaded']
        maps, progs, code = loaded['map'], loaded['prog'], loaded['code']
        vmalloc = grown(seen['unloaded']['vmalloc'], loaded['vmalloc'])
        bpf_areas = {n: v for n, v in vmalloc.items() if re.search('bpf|htab|array_map', n) and 'prog_pack' not in n}
        total = sum(maps.values()) + sum(progs.values())
        # slab objects per task: kmalloc only; the others are the tasks' own, and freed when it pleases the kernel
        per_task = {
            state: sum(v for n, v in grown(seen['unmarked']['slab'], seen[state]['slab']).items() if n.startswith('kmalloc-')
                       and abs(v) > tasks) / tasks
            for state in sorted(seen) if state.startswith('marked')
        }
        by_map = (seen['marked1']['map']['marks'] - seen['unmarked']['map']['marks']) / tasks
        try:
            with open(os.path.join(directory, f'status-{kernel}.json'), encoding='utf-8') as f:
                told = json.load(f)['kernel']['memory']
        except (FileNotFoundError, KeyError, ValueError):
            told = None
        accurate = by_map > 0  # else fdinfo holds an estimate made from the bound on entries
        heading(f'Kernel memory, Linux {kernel}')
        print(f'  The engine, by fdinfo{"" if accurate else " (on this kernel an estimate from max_entries)"}:\n')
        table(['', 'bytes', ''],
              [[f'map {n}', v, ''] for n, v in sorted(maps.items(), key=lambda i: -i[1])] +
              [[f'{len(progs)} programs', sum(progs.values()), f'and {sum(code.values())} of machine code, in the kernel\'s shared pack'],
               ['together', total, f'{total / 1024:.0f} KiB; goal {ENGINE_GOAL // 1024} KiB'],
               ['as lockdownctl status tells', told, f'{told / 1024:.0f} KiB' if told else '']])
        print('\n  The same by /proc/vmallocinfo (areas, without their guard pages), loaded against not:\n')
        table(['caller', 'bytes'], [[n, v] for n, v in bpf_areas.items()])
        meminfo = grown(seen['unloaded']['meminfo'], loaded['meminfo'])
        kmalloc = sum(v for n, v in grown(seen['unloaded']['slab'], loaded['slab']).items() if n.startswith('kmalloc-'))
        print(f'\n  by /proc/slabinfo: {kmalloc / 1024:+.0f} KiB in kmalloc objects (each program, and each function of one that\n'
              '  is not inlined, has an object and an area of its own, which fdinfo does not count);')
        print('  and by /proc/meminfo, with all that loading leaves in caches: ' +
              ', '.join(f'{n} {meminfo.get(n, 0) / 1024:+.0f} KiB' for n in ('Slab', 'VmallocUsed', 'Percpu')))
        print(f'\n  A marked task, {tasks} sleeping threads of a confined process against as many of another:\n')
        table(['', 'bytes per task'],
              [[f'kmalloc slabs, run {s.removeprefix("marked")}', f'{v:.0f}'] for s, v in per_task.items()] +
              ([['fdinfo of the map (without rounding to a slab object)', f'{by_map:.0f}']] if accurate else []))
        print('  From the second run on, objects of ended tasks that BPF\'s allocator has not handed back yet are in it.')
        if accurate:
            goal(f'{kernel}: whole engine', total, ENGINE_GOAL, 'bytes')
        goal(f'{kernel}: memory of a marked task', per_task['marked1'], TASK_GOAL, 'bytes')
        result.setdefault('kernel_memory_bytes', {})[kernel] = {
            'maps': dict(maps), 'programs': dict(progs), 'machine_code': dict(code), 'together': total, 'fdinfo_accurate': accurate,
            'status': told, 'vmalloc': bpf_areas, 'kmalloc': kmalloc,
            'meminfo': {n: meminfo.get(n, 0) for n in ('Slab', 'VmallocUsed', 'Percpu')},
            'per_task_slab': per_task, 'per_task_fdinfo': by_map if accurate else None}


def report_wrappers(directory):
    body = []
    for name, size, left, kb, *peak in rows(directory, 'wrappers.tsv'):
        peak = [int(p) if p else None for p in (peak + [''] * 4)[:4]]
        shown = ['-' if p is None else p for p in peak]
        body.append([name, size, *shown, left, kb])
        result.setdefault('wrappers', {})[name] = {
            'file_bytes': int(size), 'before_exec': dict(zip(('calls', 'faults', 'rss_kb', 'private_kb'), peak)),
            'left_processes': int(left), 'left_private_kb': int(kb)}
    if not body:
        return
    heading('What a wrapper takes: until it is its command, and while the command runs; this host')
    table(['wrapper', 'file bytes', 'calls', 'faults', 'resident kB', 'private kB', 'processes left', 'their private kB'], body)
    print('  calls, page faults and memory: from its start to the execve of its command; - = it never becomes it, but\n'
          '  stays as its parent. Private: written by it, hence not shared.')
    for kernel in kernels(directory, 'exe'):
        for exe, left in rows(directory, f'exe-{kernel}.tsv'):
            print(f'  Guest {kernel}: /proc/PID/exe of `lockdown-exec -- sleep` is {exe}; processes of lockdown-exec: {left}')


def report_broker(directory):
    took, least, native = ({r[0]: float(r[1]) for r in rows(directory, f'brokered{f}.tsv')} for f in ('', '-floor', '-native'))
    if not took:
        return
    heading('A broker: calls on one processor, and what stays in memory; this host')
    unit = took['ping-pong']
    result['brokered_ns'] = {'brokered': took, 'floor': least, 'native': native}

    def ratio(of, n):
        return f"{of[n] / of['ping-pong']:.2f}" if n in of else '-'
    table(['call', 'us', 'x ping-pong', 'the least', 'without'],
          [[n, f'{t / 1e3:.2f}', ratio(took, n), ratio(least, n), ratio(native, n)] for n, t in took.items()])
    print('  The least: a broker that does only what none can do without. All are times a ping-pong of the same run.')
    goal('host: a call refused by its file costs one and a half', took['refused by its file'] / unit, 1.5, 'ratio')
    goal('host: a brokered call with 128 bytes copied costs two', took['refused, 128 bytes copied'] / unit, 2.0, 'ratio')
    alone = defaultdict(list)
    for name, kb in rows(directory, 'stays.tsv'):
        alone[name].append(int(kb))
    medians = result['stays_private_kb'] = {n: statistics.median(v) for n, v in alone.items()}
    print()
    table(['what stays', 'kB of one of 100'], [[n, f'{m:.0f}'] for n, m in medians.items()])
    if PEER in medians and 'lockdown-exec' in medians:
        goal(f'host: a broker has no more memory of its own than {PEER}', medians['lockdown-exec'], medians[PEER], 'kB')


# --- containers ----------------------------------------------------------------------------------------------------

def report_creates(directory):
    """Instructions of `crun run` with hooks."""
    body = []
    for kernel in kernels(directory, 'creates'):
        took = defaultdict(dict)
        for variant, number, value in rows(directory, f'creates-{kernel}.tsv'):
            took[variant][int(number)] = int(value)
        median = {v: statistics.median(t.values()) for v, t in took.items()}
        added = {v: statistics.median(took[v][n] - took['noop'][n] for n in took['noop']) for v in took}
        result.setdefault('creates', {})[kernel] = {'median': median, 'beside_noop': added}
        body += [[f'{kernel} {v}', f'{median[v]:,.0f}', '' if v in ('bare', 'noop') else f'{added[v]:+,.0f}'] for v in took]
        goal(f'{kernel}: lockdown-hook adds at most 1 ms to a create, beside a hook that does nothing, at two '
             'instructions a nanosecond', added['hook'], CREATE_GOAL, 'instructions')
    if body:
        heading('crun run of a container, in a guest')
        table(['hooks', 'instructions, median', 'beside a no-op'], body)


def report_rules(directory):
    """Instructions of `crun run` with lockdown-hook and a node policy of N rules."""
    body = []
    for kernel in kernels(directory, 'rules'):
        took = defaultdict(list)
        for count, _, value in rows(directory, f'rules-{kernel}.tsv'):
            took[int(count)].append(int(value))
        median = {n: statistics.median(t) for n, t in took.items()}
        result.setdefault('rules', {})[kernel] = median
        body += [[kernel, n, f'{m:,.0f}', f'{(m - median[0]) / n:,.0f}' if n else ''] for n, m in median.items()]
    if body:
        heading('crun run with hook and poststop, and a node policy whose rules do not match')
        table(['kernel', 'rules', 'instructions, median', 'for each rule'], body)


def report_containers(directory, count):
    body = []
    for kernel in kernels(directory, 'containers'):
        seen = defaultdict(dict)
        for when, what, value in rows(directory, f'containers-{kernel}.tsv'):
            policy, _, when = when.rpartition('-')
            seen[policy, what][when] = int(value)
        for name in sorted({p for p, _ in seen}):
            each = sum((s['after'] - s['before']) / count for (p, _), s in seen.items() if p == name)
            shown = os.path.basename(name).removesuffix('.json')
            result.setdefault('container_bytes', {}).setdefault(kernel, {})[shown] = each
            body.append([kernel, shown, f'{each:,.0f}'])
            goal(f'{kernel}: a container ({shown}) keeps less than 64 KiB in the kernel', each, CONTAINER_GOAL, 'bytes')
    if body:
        heading(f'Memory of the kernel for each of {count} confined containers')
        table(['kernel', 'policy', 'bytes'], body)


def main():
    directory, tasks, containers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    print('Costs of confinement. Guests run under QEMU with a clock that counts executed instructions; each table\n'
          'compares inside one boot.')
    report_host_starts(directory)
    report_guest_starts(directory)
    report_paths(directory)
    report_refused(directory)
    report_memory(directory, tasks)
    report_wrappers(directory)
    report_broker(directory)
    report_creates(directory)
    report_rules(directory)
    report_containers(directory, containers)
    missed = [g for g in goals if not g['met']]
    heading(f'Goals: {len(goals) - len(missed)} of {len(goals)} met')
    for g in missed:
        print(f'  missed: {g["goal"]}: {g["value"]:.4g} {g["unit"]}, at most {g["limit"]:g}')
    with open(os.path.join(directory, 'report.json'), 'w', encoding='utf-8') as f:
        json.dump({'goals': goals, **result}, f, indent=1)
        f.write('\n')


main()
