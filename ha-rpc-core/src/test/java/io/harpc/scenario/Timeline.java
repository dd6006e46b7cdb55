package io.harpc.scenario;

import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * A value that changes, and when it did. Written by one thread at a time, read by any.
 *
 * @param <T> the value, compared by {@code equals}
 */
final class Timeline<T> {

	private final List<Change<T>> changes = new CopyOnWriteArrayList<>();

	/**
	 * {@return the newest value, {@code null} before the first}
	 */
	@Nullable T newest() {
		return this.changes.isEmpty() ? null : this.changes.get(this.changes.size() - 1).value;
	}

	void add(long at, T value) {
		if (!value.equals(newest())) {
			this.changes.add(new Change<>(at, value));
		}
	}

	/**
	 * {@return the value at a time, {@code null} before the first}
	 */
	@Nullable T at(long time) {
		T value = null;
		for (Change<T> change : this.changes) {
			if (change.at > time) {
				break;
			}
			value = change.value;
		}
		return value;
	}

	void forEach(BiConsumer<Long, T> visitor) {
		this.changes.forEach((change) -> visitor.accept(change.at, change.value));
	}

	/**
	 * {@return the first time from one on at which the value is such}
	 */
	OptionalLong first(long from, Predicate<T> such) {
		T value = at(from);
		if (value != null && such.test(value)) {
			return OptionalLong.of(from);
		}
		return this.changes.stream()
			.filter((change) -> change.at > from && such.test(change.value))
			.mapToLong((change) -> change.at)
			.findFirst();
	}

	/**
	 * {@return since when the two values have been at odds for longer than a bound, if
	 * they ever were}
	 */
	OptionalLong disagrees(Timeline<T> other, BiPredicate<T, T> agree, long until, long boundNanos) {
		TreeSet<Long> times = new TreeSet<>();
		this.changes.forEach((change) -> times.add(change.at));
		other.changes.forEach((change) -> times.add(change.at));
		times.add(until);
		long since = Long.MIN_VALUE;
		for (long time : times.headSet(until, true)) {
			if (since != Long.MIN_VALUE && time - since > boundNanos) {
				return OptionalLong.of(since);
			}
			T mine = at(time);
			T others = other.at(time);
			boolean odds = mine != null && others != null && !agree.test(mine, others);
			since = odds ? ((since != Long.MIN_VALUE) ? since : time) : Long.MIN_VALUE;
		}
		return OptionalLong.empty();
	}

	private record Change<T>(long at, T value) {

	}

}
