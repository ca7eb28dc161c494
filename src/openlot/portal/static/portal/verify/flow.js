// The network of §9.3: slot → (inspector, target) → inspector → sink, moved along one augmenting path at a time.

const FREE = -1;
const FIXED = -2;

/** An assignment of slots to inspectors (指派网络) under limits; `slots` are `{task, able: [inspector numbers]}`. */
export class Network {
  constructor(slots, limits) {
    this.slots = slots;
    this.limits = limits;
    this.given = new Int32Array(slots.length).fill(FREE);
    this.loads = new Int32Array(limits.length);
    this.movable = limits.map(() => new Set());
    this.pairs = new Map();
    this.fromSlot = new Int32Array(slots.length);
    this.through = new Int32Array(slots.length);
    this.slotSeen = new Int32Array(slots.length);
    this.inspectorSeen = new Int32Array(limits.length);
    this.round = 0;
  }

  pair(slot, inspector) {
    return this.slots[slot].task * this.limits.length + inspector;
  }

  attach(slot, inspector) {
    this.given[slot] = inspector;
    this.loads[inspector] += 1;
    this.movable[inspector].add(slot);
    this.pairs.set(this.pair(slot, inspector), slot);
  }

  detach(slot) {
    const inspector = this.given[slot];
    this.given[slot] = FREE;
    this.loads[inspector] -= 1;
    this.movable[inspector].delete(slot);
    this.pairs.delete(this.pair(slot, inspector));
    return inspector;
  }

  /** Find a place for a free slot, moving others on if need be; false leaves everything as it was. */
  place(start) {
    this.round += 1;
    this.slotSeen[start] = this.round;
    const queue = [start];
    for (let i = 0; i < queue.length; i += 1) {
      const slot = queue[i];
      for (const inspector of this.slots[slot].able) {
        const holder = this.pairs.get(this.pair(slot, inspector));
        if (holder === undefined) {
          if (this.enter(slot, inspector, queue)) return this.move(start, slot, inspector);
        } else if (holder !== FIXED) {
          this.reach(holder, slot, inspector, queue);
        }
      }
    }
    return false;
  }

  reach(slot, from, through, queue) {
    if (this.slotSeen[slot] === this.round) return;
    this.slotSeen[slot] = this.round;
    this.fromSlot[slot] = from;
    this.through[slot] = through;
    queue.push(slot);
  }

  /** Come to an inspector: true when there is room, else everybody who holds a movable slot of it is reached. */
  enter(slot, inspector, queue) {
    if (this.inspectorSeen[inspector] === this.round) return false;
    this.inspectorSeen[inspector] = this.round;
    if (this.loads[inspector] < this.limits[inspector]) return true;
    for (const other of this.movable[inspector]) this.reach(other, slot, inspector, queue);
    return false;
  }

  move(start, last, room) {
    let slot = last;
    let inspector = room;
    while (slot !== start) {
      this.detach(slot);
      this.attach(slot, inspector);
      inspector = this.through[slot];
      slot = this.fromSlot[slot];
    }
    this.attach(slot, inspector);
    return true;
  }

  /** Say whether the inspector already holds a fixed slot of this slot's target. */
  isOnTask(slot, inspector) {
    return this.pairs.get(this.pair(slot, inspector)) === FIXED;
  }

  /** Give a placed slot to this inspector for good if all others can still be placed (前瞻). */
  fix(slot, inspector) {
    const before = this.detach(slot);
    const holder = this.pairs.get(this.pair(slot, inspector));
    const isFull = this.loads[inspector] === this.limits[inspector];
    const displaced = holder ?? (isFull ? this.movable[inspector].values().next().value : FREE);
    if (displaced !== FREE) this.detach(displaced);
    this.given[slot] = inspector;
    this.loads[inspector] += 1;
    this.pairs.set(this.pair(slot, inspector), FIXED);
    if (displaced === FREE || this.place(displaced)) return true;
    this.loads[inspector] -= 1;
    this.pairs.delete(this.pair(slot, inspector));
    this.attach(displaced, inspector);
    this.attach(slot, before);
    return false;
  }
}
