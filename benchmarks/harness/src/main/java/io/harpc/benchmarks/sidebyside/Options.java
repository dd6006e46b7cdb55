package io.harpc.benchmarks.sidebyside;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import io.harpc.benchmarks.load.Callers;
import io.harpc.benchmarks.load.Operation;
import io.harpc.benchmarks.subject.SubjectEntry;

/** What the command line asks for. */
final class Options {

	/** From this one on there are virtual threads. */
	private static final int JDK_WITH_VIRTUAL_THREADS = 21;

	/** As few as make a median, for a first look. */
	private static final int ROUNDS_OF_A_PAIR = 3;

	private List<SubjectEntry> subjects = List.of(SubjectEntry.values());

	private List<Operation> operations = Arrays.stream(Operation.values())
		.filter((operation) -> operation != Operation.EXIST_USER_AFTER_5_MS)
		.toList();

	private List<Callers> callers = List.of(new Callers(1, false), new Callers(8, false), new Callers(64, false),
			new Callers(1000, true));

	private int rounds = 5;

	private int slowCallers;

	private int idleConnections;

	private Duration warmUp = Duration.ofSeconds(10);

	private Duration cellWarmUp = Duration.ofSeconds(1);

	private Duration measured = Duration.ofSeconds(3);

	private Path java = Path.of(System.getProperty("java.home"), "bin", "java");

	private int feature = Runtime.version().feature();

	private Options() {
	}

	/**
	 * Reads the command line.
	 * @param args the arguments
	 * @return the options
	 * @throws IllegalArgumentException if an argument is unknown or has a bad value
	 */
	static Options of(String... args) {
		Options options = new Options();
		for (int i = 0; i < args.length; i++) {
			switch (args[i]) {
				case "--quick" -> options.quick();
				case "--against" -> options.against(SubjectEntry.of(value(args, ++i)));
				case "--subjects" -> options.subjects = list(value(args, ++i), SubjectEntry::of);
				case "--operations" -> options.operations = list(value(args, ++i), Operation::of);
				case "--callers" -> options.callers = list(value(args, ++i), Callers::of);
				case "--slow-callers" -> options.slowCallers = Integer.parseInt(value(args, ++i));
				case "--rounds" -> options.rounds = Integer.parseInt(value(args, ++i));
				case "--warm-up" -> options.warmUp = millis(value(args, ++i));
				case "--cell-warm-up" -> options.cellWarmUp = millis(value(args, ++i));
				case "--measure" -> options.measured = millis(value(args, ++i));
				case "--idle-connections" -> options.idleConnections = Integer.parseInt(value(args, ++i));
				default -> throw new IllegalArgumentException("argument: " + args[i] + " (expected: --quick, --against,"
						+ " --subjects, --operations, --callers, --slow-callers, --rounds, --warm-up, --cell-warm-up,"
						+ " --measure or --idle-connections; see benchmarks/README.md)");
			}
		}
		return options;
	}

	private void quick() {
		this.rounds = 1;
		this.warmUp = Duration.ZERO;
		this.cellWarmUp = Duration.ofMillis(200);
		this.measured = Duration.ofMillis(500);
	}

	private void against(SubjectEntry peer) {
		Set<SubjectEntry> pair = new LinkedHashSet<>(List.of(SubjectEntry.HA_RPC_JSON, peer));
		this.subjects = List.copyOf(pair);
		this.operations = List.of(Operation.EXIST_USER, Operation.GET_USER, Operation.LIST_USER);
		this.rounds = ROUNDS_OF_A_PAIR;
		this.warmUp = Duration.ofSeconds(4);
		this.cellWarmUp = Duration.ofMillis(300);
		this.measured = Duration.ofSeconds(1);
	}

	private static String value(String[] args, int index) {
		if (index == args.length) {
			throw new IllegalArgumentException(args[index - 1] + " (expected: a value behind it)");
		}
		return args[index];
	}

	private static <T> List<T> list(String values, Function<String, T> reader) {
		return Arrays.stream(values.split(",")).map(reader).toList();
	}

	private static Duration millis(String value) {
		return Duration.ofMillis(Long.parseLong(value));
	}

	List<SubjectEntry> subjects() {
		return this.subjects;
	}

	/**
	 * What is measured in each round of each subject. The most callers come last, since a
	 * subject that breaks under them may not be itself for a while; virtual threads are
	 * left out where there are none.
	 */
	List<Cell> cells() {
		List<Cell> cells = new ArrayList<>();
		for (Callers count : this.callers) {
			for (Operation operation : this.operations) {
				boolean possible = !count.virtual() || this.feature >= JDK_WITH_VIRTUAL_THREADS;
				if (possible && operation.suits(count)) {
					cells.add(new Cell(operation, count));
				}
			}
		}
		return cells;
	}

	int rounds() {
		return this.rounds;
	}

	int slowCallers() {
		return this.slowCallers;
	}

	int idleConnections() {
		return this.idleConnections;
	}

	Duration warmUp() {
		return this.warmUp;
	}

	Duration cellWarmUp() {
		return this.cellWarmUp;
	}

	Duration measured() {
		return this.measured;
	}

	Path java() {
		return this.java;
	}

	/**
	 * One cell of a round.
	 *
	 * @param operation what is called
	 * @param callers by how many
	 */
	record Cell(Operation operation, Callers callers) {

		@Override
		public String toString() {
			return this.operation.label() + " by " + this.callers;
		}

	}

}
