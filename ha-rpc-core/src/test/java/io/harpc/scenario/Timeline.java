package io.harpc.scenario;

import java.util.List;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;

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
	 * {@return when it changed, in order}
	 */
	SortedSet<Long> times() {
		return this.changes.stream().map(Change::at).collect(Collectors.toCollection(TreeSet::new));
	}

	private record Change<T>(long at, T value) {

	}

}
