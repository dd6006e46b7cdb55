package io.harpc.registry.zookeeper;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.harpc.registry.Instance;

/**
 * What is known of the nodes of one service, and which instances follow: of each id and
 * of each address that of the newest node, because what was there before is a ghost,
 * whose session has not ended yet. An instance that stays is the same object and keeps
 * its place before those that come, so that whoever compares two lists finds what changed
 * at little cost. Not thread-safe.
 */
final class KnownNodes {

	/** To look for so many in a list is faster than to arrange all anew. */
	private static final int FEW = 8;

	/** By name. A name is never used twice. */
	private final Map<String, Node> nodes = new HashMap<>();

	/** The newest of each id and of each address, which are keys of different types. */
	private final Map<Object, Node> newest = new HashMap<>();

	private List<Instance> instances = List.of();

	private int valid;

	private int bad;

	int size() {
		return this.nodes.size();
	}

	/**
	 * {@return how many nodes should be an instance and are none}
	 */
	int bad() {
		return this.bad;
	}

	Set<String> names() {
		return Collections.unmodifiableSet(this.nodes.keySet());
	}

	boolean contains(String name) {
		return this.nodes.containsKey(name);
	}

	boolean isInstance(String name) {
		Node node = this.nodes.get(name);
		return node != null && node.instance() != null;
	}

	/**
	 * {@return the instances, the same list until they change}
	 */
	List<Instance> instances() {
		return this.instances;
	}

	/**
	 * Takes what was read. Costs as much as that is, and a copy of references, unless
	 * there are ghosts.
	 * @param read what nodes say now, by name
	 */
	void update(Map<String, Node> read) {
		boolean ghosts = areGhosts();
		List<Instance> gone = new ArrayList<>();
		List<Instance> come = new ArrayList<>();
		// First what goes, lest it be taken for the ghost of what takes its place.
		read.forEach((name, now) -> remove(name, now, gone));
		read.forEach((name, now) -> add(name, now, come));
		if (ghosts || areGhosts() || gone.size() > FEW) {
			arrangeAnew();
		}
		else if (!gone.isEmpty() || !come.isEmpty()) {
			replace(gone, come);
		}
	}

	private void remove(String name, Node now, List<Instance> gone) {
		Node before = this.nodes.get(name);
		if (before == null || (now != Node.GONE && before.equals(now))) {
			return;
		}
		this.nodes.remove(name);
		this.bad -= before.bad() ? 1 : 0;
		Instance instance = before.instance();
		if (instance != null) {
			this.valid--;
			this.newest.remove(instance.id(), before);
			this.newest.remove(instance.address(), before);
			gone.add(instance);
		}
	}

	private void add(String name, Node now, List<Instance> come) {
		if (now == Node.GONE || this.nodes.putIfAbsent(name, now) != null) {
			return;
		}
		this.bad += now.bad() ? 1 : 0;
		Instance instance = now.instance();
		if (instance != null) {
			this.valid++;
			this.newest.putIfAbsent(instance.id(), now);
			this.newest.putIfAbsent(instance.address(), now);
			come.add(instance);
		}
	}

	/** Whether two nodes have an id or an address in common. */
	private boolean areGhosts() {
		return this.newest.size() != 2 * this.valid;
	}

	private void replace(List<Instance> gone, List<Instance> come) {
		List<Instance> next = new ArrayList<>(this.instances);
		gone.forEach((instance) -> next.remove(indexOfSame(next, instance)));
		next.addAll(come);
		this.instances = List.copyOf(next);
	}

	/** Without a look into the others, most of which are in no cache. */
	private static int indexOfSame(List<Instance> list, Instance instance) {
		int index = 0;
		while (list.get(index) != instance) {
			index++;
		}
		return index;
	}

	private void arrangeAnew() {
		this.newest.clear();
		for (Node node : this.nodes.values()) {
			if (node.instance() != null) {
				this.newest.merge(node.instance().id(), node, Node::later);
				this.newest.merge(node.instance().address(), node, Node::later);
			}
		}
		Map<String, Instance> found = new TreeMap<>();
		for (Node node : this.nodes.values()) {
			Instance instance = node.instance();
			if (instance != null && this.newest.get(instance.id()) == node
					&& this.newest.get(instance.address()) == node) {
				found.put(instance.id(), instance);
			}
		}
		List<Instance> next = new ArrayList<>(found.size());
		for (Instance instance : this.instances) {
			if (found.get(instance.id()) == instance) {
				found.remove(instance.id());
				next.add(instance);
			}
		}
		if (next.size() < this.instances.size() || !found.isEmpty()) {
			next.addAll(found.values());
			this.instances = List.copyOf(next);
		}
	}

	/**
	 * What a node says.
	 *
	 * @param czxid when it was made
	 * @param instance the instance, {@code null} if there is none to be used
	 * @param bad whether there should be one: a node that its owner could not delete is
	 * empty
	 */
	record Node(long czxid, @Nullable Instance instance, boolean bad) {

		/** It is not there any more. */
		static final Node GONE = new Node(0, null, false);

		Node later(Node other) {
			return (other.czxid >= this.czxid) ? other : this;
		}

	}

}
