package io.harpc.simulation;

import java.util.Locale;
import java.util.function.Consumer;

import io.harpc.simulation.SimulatedServer.Behaviour;

/**
 * What happens to the instances. Before the calls are counted the clients have had the
 * time to learn what there is to be learned.
 */
enum Scenario {

	EQUAL("all are equal", Shape.SMALL, (simulation) -> {
	}),

	SLOW("one takes ten times as long", Shape.SMALL, (simulation) -> simulation.odd().slowness = 10),

	SLOWER("one takes ten times as long from now on", Shape.SMALL,
			(simulation) -> simulation.events().in(simulation.countedFrom(), () -> simulation.odd().slowness = 10)),

	LOSES("one loses every call at once", Shape.SMALL, (simulation) -> simulation.odd().behaviour = Behaviour.LOSES),

	THROWS("one throws at once, whatever is called", Shape.SMALL,
			(simulation) -> simulation.odd().behaviour = Behaviour.THROWS),

	HANGS("one never answers", Shape.SMALL, (simulation) -> simulation.odd().behaviour = Behaviour.HUNG),

	GUARDED_LOSES("one loses every call at once, with ejection", Shape.SMALL,
			(simulation) -> simulation.odd().behaviour = Behaviour.LOSES),

	GUARDED_HANGS("one never answers, with ejection", Shape.SMALL,
			(simulation) -> simulation.odd().behaviour = Behaviour.HUNG),

	COLD("one joins, at first 20 times as slow", Shape.SMALL, (simulation) -> {
		simulation.joinLate();
		simulation.odd().slowness = 20;
		for (int second = 1; second <= 10; second++) {
			double slowness = 20 - 1.9 * second;
			simulation.events().in(simulation.countedFrom() + second, () -> simulation.odd().slowness = slowness);
		}
	}),

	BURST("ten times the calls for two of five seconds", Shape.IDLE, (simulation) -> {
		simulation.events().in(simulation.countedFrom() + 1, () -> simulation.multiplyCalls(10));
		simulation.events().in(simulation.countedFrom() + 3, () -> simulation.multiplyCalls(0.1));
	}),

	PAUSE("one of three stops for half a second", Shape.BUSY_THREE,
			(simulation) -> simulation.events().in(simulation.countedFrom() - 1, () -> simulation.odd().pause(0.5))),

	IDLE_PAUSE("one of three is slow for a second, hardly any calls", Shape.IDLE_THREE, (simulation) -> {
		simulation.events().in(simulation.countedFrom() - 1, () -> simulation.odd().slowness = 20);
		simulation.events().in(simulation.countedFrom(), () -> simulation.odd().slowness = 1);
	}),

	MANY("a tenth take ten times as long", Shape.LARGE,
			(simulation) -> simulation.odds(100).forEach((server) -> server.slowness = 10));

	private final String description;

	private final Shape shape;

	private final Consumer<Simulation> script;

	Scenario(String description, Shape shape, Consumer<Simulation> script) {
		this.description = description;
		this.shape = shape;
		this.script = script;
	}

	String description() {
		return this.description;
	}

	Shape shape() {
		return this.shape;
	}

	/**
	 * {@return whether breakers and ejection do their part}
	 */
	boolean isGuarded() {
		return this == GUARDED_LOSES || this == GUARDED_HANGS;
	}

	void prepare(Simulation simulation) {
		this.script.accept(simulation);
	}

	/**
	 * How many there are.
	 *
	 * @param servers the instances
	 * @param clients the clients
	 * @param callsPerSecond of all clients together
	 * @param countedFrom from when calls are counted
	 * @param seconds for how long
	 */
	record Shape(int servers, int clients, double callsPerSecond, double countedFrom, double seconds) {

		/** Half of what the servers can do. */
		static final Shape SMALL = new Shape(10, 10, 500, 15, 10);

		static final Shape IDLE = new Shape(10, 10, 100, 15, 5);

		static final Shape BUSY_THREE = new Shape(3, 5, 200, 15, 10);

		static final Shape IDLE_THREE = new Shape(3, 1, 5, 15, 60);

		static final Shape LARGE = new Shape(1000, 100, 8000, 25, 2);

		@Override
		public String toString() {
			return String.format(Locale.ROOT, "%,d instances, %d client%s, %,.0f calls a second", this.servers,
					this.clients, (this.clients != 1) ? "s" : "", this.callsPerSecond);
		}

		/**
		 * {@return whether there are so many that only what is needed can be kept}
		 */
		boolean isLarge() {
			return this.servers * this.clients > 10_000;
		}

	}

}
