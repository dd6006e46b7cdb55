package io.harpc.loadbalancer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

import io.harpc.registry.Instance;

/**
 * A consistent hash ring (Karger et al., 1997): {@value #NODES} virtual nodes for a
 * weight of {@value #WEIGHT}, at places that depend on the address of an instance and
 * nothing else, so that all clients agree on it, also after a restart of theirs or of the
 * instance. Immutable.
 * <p>
 * Texts are hashed by FNV-1a, over UTF-16 units in place of bytes; the places on the ring
 * are the SplitMix64 generator (Steele, Lea and Flood, 2014) seeded with that; its
 * finaliser mixes the keys, too.
 */
final class HashRing {

	static final int NODES = 160;

	static final int WEIGHT = 100;

	/**
	 * Beyond this all have half as many, or a quarter and so on: 8 MiB are enough for
	 * what differs by client and reference.
	 */
	static final int MAX_NODES = 1 << 20;

	private static final long FNV_OFFSET = 0xcbf29ce484222325L;

	private static final long FNV_PRIME = 0x100000001b3L;

	private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

	/**
	 * What is left of a node for the number of its owner; holds all of 10,000 instances.
	 */
	private static final int OWNER_BITS = 24;

	private static final long OWNER_MASK = (1L << OWNER_BITS) - 1;

	/** By place on the ring, each with its owner's rank in the lowest bits. */
	private final long[] nodes;

	/** The candidates' indices by rank, which is the order of their addresses. */
	private final int[] byRank;

	HashRing(List<Candidate> candidates) {
		List<Owner> owners = new ArrayList<>();
		long sum = 0;
		for (int i = 0; i < candidates.size(); i++) {
			Instance instance = candidates.get(i).instance();
			owners.add(new Owner(i, instance.address().toString(), instance.id(), instance.weight()));
			sum += owners.get(i).nodes(1);
		}
		owners.sort(Comparator.comparing(Owner::address).thenComparing(Owner::id));
		int divisor = 1;
		while (sum / divisor > MAX_NODES) {
			divisor *= 2;
		}
		this.byRank = owners.stream().mapToInt(Owner::index).toArray();
		this.nodes = place(owners, divisor);
	}

	private static long[] place(List<Owner> owners, int divisor) {
		long[] nodes = new long[owners.stream().mapToInt((owner) -> owner.nodes(divisor)).sum()];
		int next = 0;
		for (int rank = 0; rank < owners.size(); rank++) {
			Owner owner = owners.get(rank);
			long state = hash(owner.address());
			for (int i = 0; i < owner.nodes(divisor); i++) {
				state += GOLDEN_GAMMA;
				nodes[next++] = mix(state) & ~OWNER_MASK | rank;
			}
		}
		Arrays.sort(nodes);
		return nodes;
	}

	/**
	 * {@return the position of the first node at or after a hash}
	 */
	int find(long hash) {
		int found = Arrays.binarySearch(this.nodes, hash & ~OWNER_MASK);
		int position = (found < 0) ? -found - 1 : found;
		return (position < this.nodes.length) ? position : 0;
	}

	int next(int position) {
		return (position + 1 < this.nodes.length) ? position + 1 : 0;
	}

	/**
	 * {@return the index of the candidate that a node belongs to}
	 */
	int owner(int position) {
		return this.byRank[(int) (this.nodes[position] & OWNER_MASK)];
	}

	int size() {
		return this.nodes.length;
	}

	/**
	 * Hashes a key, the same in every process.
	 * @param key a key whose text is the same in every process
	 * @return the hash
	 */
	static long hash(Object key) {
		String text = text(key);
		long hash = FNV_OFFSET;
		for (int i = 0; i < text.length(); i++) {
			hash = (hash ^ text.charAt(i)) * FNV_PRIME;
		}
		return mix(hash);
	}

	/** Releases of Java differ in how they write some floating-point numbers. */
	private static String text(Object key) {
		if (key instanceof Enum<?> constant) {
			return constant.name();
		}
		boolean floating = key instanceof Double || key instanceof Float;
		return floating ? Long.toHexString(Double.doubleToLongBits(((Number) key).doubleValue())) : key.toString();
	}

	private static long mix(long value) {
		long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
		mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
		return mixed ^ (mixed >>> 31);
	}

	/** A candidate and how much of the ring is its own. */
	private record Owner(int index, String address, String id, int weight) {

		int nodes(int divisor) {
			return (int) Math.max(1, Math.max(1L, this.weight) * NODES / WEIGHT / divisor);
		}

	}

}
