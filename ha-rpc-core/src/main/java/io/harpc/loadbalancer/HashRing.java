package io.harpc.loadbalancer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

import io.harpc.registry.Instance;
import org.jspecify.annotations.Nullable;

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

	private static final int NONE = -1;

	private final Candidate[] candidates;

	/** By rank, which is the order of their addresses. */
	private final List<Owner> owners;

	private final int divisor;

	/** By place on the ring, each with its owner's rank in the lowest bits. */
	private final long[] nodes;

	/**
	 * Makes the ring of a list of candidates.
	 * @param list the candidates
	 * @param other another ring, of which this one is made where most candidates are the
	 * same and in the same order: to place and to sort the nodes of ten thousand takes
	 * fifty milliseconds, to add and to remove those of a few takes two
	 */
	HashRing(List<Candidate> list, @Nullable HashRing other) {
		this.candidates = list.toArray(Candidate[]::new);
		List<Owner> staying = (other != null) ? other.ownersAmong(this.candidates) : List.of();
		this.owners = new ArrayList<>(staying);
		for (int i = staying.size(); i < this.candidates.length; i++) {
			this.owners.add(Owner.of(i, this.candidates[i].instance()));
		}
		this.owners.sort(Comparator.comparing(Owner::address).thenComparing(Owner::id));
		this.divisor = divisor(this.owners);
		HashRing former = (staying.size() > this.candidates.length / 2) ? other : null;
		this.nodes = (former != null && former.divisor == this.divisor) ? merge(former, place(true)) : place(false);
	}

	/** The owners that are among the candidates of a newer ring, as they are there. */
	private List<Owner> ownersAmong(Candidate[] newer) {
		int[] indices = new int[this.candidates.length];
		int next = 0;
		for (int i = 0; i < indices.length; i++) {
			boolean stays = next < newer.length && newer[next] == this.candidates[i];
			indices[i] = stays ? next++ : NONE;
		}
		List<Owner> among = new ArrayList<>(newer.length);
		for (int rank = 0; rank < this.owners.size(); rank++) {
			Owner owner = this.owners.get(rank);
			int index = indices[owner.index()];
			if (index != NONE) {
				int weight = newer[index].instance().weight();
				among.add(new Owner(index, (weight == owner.weight()) ? rank : NONE, owner.address(), owner.id(),
						weight));
			}
		}
		return among;
	}

	/** The nodes of all owners, or of those alone that another ring does not have. */
	private long[] place(boolean newOnly) {
		List<Integer> ranks = IntStream.range(0, this.owners.size())
			.filter((rank) -> !newOnly || this.owners.get(rank).formerRank() == NONE)
			.boxed()
			.toList();
		long[] placed = new long[ranks.stream().mapToInt((rank) -> this.owners.get(rank).nodes(this.divisor)).sum()];
		int next = 0;
		for (int rank : ranks) {
			Owner owner = this.owners.get(rank);
			long state = hash(owner.address());
			for (int i = 0; i < owner.nodes(this.divisor); i++) {
				state += GOLDEN_GAMMA;
				placed[next++] = mix(state) & ~OWNER_MASK | rank;
			}
		}
		Arrays.sort(placed);
		return placed;
	}

	/** Owners that stay are in the same order, and so are their nodes. */
	private long[] merge(HashRing former, long[] placed) {
		int[] ranks = new int[former.owners.size()];
		Arrays.fill(ranks, NONE);
		int size = placed.length;
		for (int rank = 0; rank < this.owners.size(); rank++) {
			Owner owner = this.owners.get(rank);
			if (owner.formerRank() != NONE) {
				ranks[owner.formerRank()] = rank;
				size += owner.nodes(this.divisor);
			}
		}
		long[] merged = new long[size];
		int next = 0;
		int nextPlaced = 0;
		for (long node : former.nodes) {
			int rank = ranks[(int) (node & OWNER_MASK)];
			if (rank == NONE) {
				continue;
			}
			long kept = node & ~OWNER_MASK | rank;
			while (nextPlaced < placed.length && placed[nextPlaced] < kept) {
				merged[next++] = placed[nextPlaced++];
			}
			merged[next++] = kept;
		}
		System.arraycopy(placed, nextPlaced, merged, next, placed.length - nextPlaced);
		return merged;
	}

	private static int divisor(List<Owner> owners) {
		long sum = owners.stream().mapToLong((owner) -> owner.nodes(1)).sum();
		int divisor = 1;
		while (sum / divisor > MAX_NODES) {
			divisor *= 2;
		}
		return divisor;
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
		return this.owners.get((int) (this.nodes[position] & OWNER_MASK)).index();
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

	/**
	 * A candidate and how much of the ring is its own.
	 *
	 * @param index which candidate it is
	 * @param formerRank its rank in the ring that this one is made of, or {@link #NONE}
	 */
	private record Owner(int index, int formerRank, String address, String id, int weight) {

		static Owner of(int index, Instance instance) {
			return new Owner(index, NONE, instance.address().toString(), instance.id(), instance.weight());
		}

		int nodes(int divisor) {
			return (int) Math.max(1, Math.max(1L, this.weight) * NODES / WEIGHT / divisor);
		}

	}

}
