package io.harpc.loadbalancer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

import org.jspecify.annotations.Nullable;

/**
 * Groups the candidates by rank, and has other load balancers choose within the groups.
 * Calls go to the first group while enough of it is available, and to the next in
 * proportion to what is missing: as with Envoy's priority levels, and with their
 * overprovisioning factor, a group counts as whole while 1 / 1.4 = 71 % of it is
 * available. Where all together do not come to a whole, each gets its part.
 */
final class SpillOverLoadBalancer implements LoadBalancer {

	private static final double OVERPROVISIONING = 1.4;

	/** To ask all for each call whether they are available would cost too much. */
	private static final long REFRESH_NANOS = Duration.ofMillis(100).toNanos();

	private final Derived<Groups> groups;

	private final ToIntFunction<Choice> draw;

	/**
	 * Creates the load balancer.
	 * @param rank which group a candidate belongs to, the lowest comes first
	 * @param within makes what chooses within a group
	 * @param draw draws a number from zero, of 31 bits, at random or by the hash key
	 */
	SpillOverLoadBalancer(ToIntFunction<Candidate> rank, Supplier<LoadBalancer> within, ToIntFunction<Choice> draw) {
		this.groups = new Derived<>((candidates, nanoTime, former) -> Groups.of(candidates, rank,
				(former != null) ? former : Groups.NONE, within), Derived.FOREVER);
		this.draw = draw;
	}

	@Override
	public @Nullable Candidate choose(Choice choice) {
		if (choice.candidates().isEmpty()) {
			return null;
		}
		Groups current = this.groups.of(choice);
		int drawn = current.draw(choice, this.draw);
		Candidate chosen = null;
		for (int i = -1; i < current.list().size() && chosen == null; i++) {
			// The one that was drawn, then all in their order
			Group group = current.list().get((i < 0) ? drawn : i);
			chosen = group.within().choose(new PartOf(choice, group.members()));
		}
		return chosen;
	}

	/**
	 * The groups of one list of candidates.
	 *
	 * @param list by rank
	 * @param limits where on the way from zero to one the part of each group ends
	 */
	private record Groups(List<Group> list, Derived<double[]> limits) {

		static final Groups NONE = new Groups(List.of(), new Derived<>((all, nanoTime, former) -> new double[0], 0));

		static Groups of(List<Candidate> candidates, ToIntFunction<Candidate> rank, Groups former,
				Supplier<LoadBalancer> within) {
			TreeMap<Integer, List<Candidate>> byRank = new TreeMap<>();
			for (Candidate candidate : candidates) {
				byRank.computeIfAbsent(rank.applyAsInt(candidate), (key) -> new ArrayList<>()).add(candidate);
			}
			List<Group> list = new ArrayList<>();
			byRank.forEach((key, members) -> list.add(former.group(key, members, within)));
			return new Groups(list, new Derived<>((all, nanoTime, older) -> limits(list, nanoTime), REFRESH_NANOS));
		}

		/** What chooses within a group goes on, with what it has worked out. */
		private Group group(int rank, List<Candidate> members, Supplier<LoadBalancer> within) {
			for (Group former : this.list) {
				if (former.rank() == rank) {
					return former.members().equals(members) ? former
							: new Group(rank, List.copyOf(members), former.within());
				}
			}
			return new Group(rank, List.copyOf(members), within.get());
		}

		int draw(Choice choice, ToIntFunction<Choice> draw) {
			if (this.list.size() < 2) {
				return 0;
			}
			double[] current = this.limits.of(choice);
			double drawn = draw.applyAsInt(choice) / (Integer.MAX_VALUE + 1.0);
			int group = 0;
			while (drawn >= current[group]) {
				group++;
			}
			return group;
		}

		private static double[] limits(List<Group> groups, long nanoTime) {
			double[] limits = new double[groups.size()];
			double sum = 0;
			for (int i = 0; i < limits.length; i++) {
				sum += groups.get(i).health(nanoTime);
				limits[i] = sum;
			}
			for (int i = 0; i < limits.length; i++) {
				limits[i] = (sum > 0) ? limits[i] / Math.min(sum, 1) : 1;
			}
			// Whatever the rounding
			limits[limits.length - 1] = 1;
			return limits;
		}

	}

	/** Candidates of one rank, and what chooses among them. */
	private record Group(int rank, List<Candidate> members, LoadBalancer within) {

		double health(long nanoTime) {
			long available = this.members.stream().filter((member) -> member.isAvailable(nanoTime)).count();
			return Math.min(1, OVERPROVISIONING * available / this.members.size());
		}

	}

	/** The choice from one group. */
	private record PartOf(Choice whole, List<Candidate> candidates) implements Choice {

		@Override
		public boolean isExcluded(Candidate candidate) {
			return this.whole.isExcluded(candidate);
		}

		@Override
		public long nanoTime() {
			return this.whole.nanoTime();
		}

		@Override
		public @Nullable Object hashKey() {
			return this.whole.hashKey();
		}

	}

}
