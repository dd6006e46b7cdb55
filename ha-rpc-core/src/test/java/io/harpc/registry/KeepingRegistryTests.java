package io.harpc.registry;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.harpc.registry.Instances.Origin;

import static io.harpc.registry.TestInstances.ORDERS;
import static io.harpc.registry.TestInstances.instance;
import static org.assertj.core.api.Assertions.assertThat;

class KeepingRegistryTests {

	private static final Instance A = instance("a", 1);

	private static final Instance B = instance("b", 2);

	@TempDir
	private Path directory;

	private FakeRegistry source;

	private ManualTimer timer;

	private final RecordingListener listener = new RecordingListener();

	private KeepingRegistry registry = open(null);

	@AfterEach
	void close() {
		this.registry.close();
	}

	@Test
	void tellsAtOnceWhatItsSourceKnowsAtOnce() {
		InMemoryRegistry inMemory = new InMemoryRegistry();
		inMemory.register(A);
		try (KeepingRegistry keeping = new KeepingRegistry(inMemory, KeepingSettings.defaults())) {
			assertThat(keeping.watch(ORDERS, this.listener).current().list()).containsExactly(A);
			assertThat(this.listener.views).hasSize(1);
		}
	}

	@Test
	void asksEveryListenerWhetherAnAddressStillAnswers() {
		RecordingListener other = new RecordingListener();
		this.registry.watch(ORDERS, this.listener);
		this.registry.watch(ORDERS, other);
		other.answering.add(A.address());
		this.source.says(Origin.REGISTRY, A, B);
		this.source.says(Origin.REGISTRY);
		assertThat(this.listener.last().list()).containsExactly(A);
		assertThat(this.registry.status().message())
			.isEqualTo("Fine; 1 known instance is kept that it does not confirm now");
		other.answering.clear();
		this.timer.pass(1000);
		assertThat(this.listener.last().list()).isEmpty();
		assertThat(this.registry.status().message()).isEqualTo("Fine");
	}

	@Test
	void takesAProbeThatThrowsForNo() {
		this.registry.watch(ORDERS, new RecordingListener() {
			@Override
			public boolean stillAnswers(io.harpc.Address address) {
				throw new IllegalStateException("on purpose");
			}
		});
		Watch watch = this.registry.watch(ORDERS, this.listener);
		this.source.says(Origin.REGISTRY, A);
		this.source.says(Origin.REGISTRY);
		assertThat(watch.current().list()).isEmpty();
	}

	@Test
	void startsFromTheSnapshotWhereTheRegistryDoesNotAnswer() {
		reopenWithSnapshot();
		this.registry.watch(ORDERS, this.listener);
		this.source.says(Origin.REGISTRY, A, B);
		this.timer.pass(1000);
		reopenWithSnapshot();
		Watch watch = this.registry.watch(ORDERS, this.listener);
		assertThat(watch.current().isKnown()).isFalse();
		this.timer.pass(500);
		assertThat(watch.current().origin()).isEqualTo(Origin.SNAPSHOT);
		assertThat(watch.current().list()).containsExactly(A, B);
		this.source.says(Origin.REGISTRY, B);
		assertThat(watch.current().origin()).isEqualTo(Origin.REGISTRY);
		assertThat(watch.current().list()).containsExactly(B);
	}

	@Test
	void passesOverTheSnapshotWhereTheRegistryAnswersInTime() {
		reopenWithSnapshot();
		new Snapshots(this.directory.resolve("snapshot"), Trust.ALL).write(ORDERS, List.of(A));
		this.registry.watch(ORDERS, this.listener);
		this.source.says(Origin.REGISTRY, B);
		this.timer.pass(5000);
		assertThat(this.listener.views).hasSize(1);
		assertThat(this.listener.last().list()).containsExactly(B);
	}

	@Test
	void writesTheSnapshotOnceForManyChangesAndNotForNone() throws Exception {
		reopenWithSnapshot();
		this.registry.watch(ORDERS, this.listener);
		this.source.says(Origin.REGISTRY, A);
		this.source.says(Origin.REGISTRY, A, B);
		assertThat(this.directory.resolve("snapshot")).doesNotExist();
		this.timer.pass(1000);
		Path file = file();
		Files.delete(file);
		this.source.says(Origin.KEPT, A, B);
		this.timer.pass(5000);
		assertThat(file).as("nothing changed, nothing written").doesNotExist();
	}

	@Test
	void restsBetweenSnapshotsWhereItTakesLongToWriteThem() throws Exception {
		this.registry.close();
		AtomicInteger looks = new AtomicInteger();
		this.source = new FakeRegistry();
		this.timer = new ManualTimer();
		// Between two looks at the clock 50 ms pass.
		this.registry = new KeepingRegistry(this.source,
				KeepingSettings.defaults().withSnapshotDirectory(this.directory.resolve("snapshot")),
				() -> this.timer.nanoTime() + looks.incrementAndGet() * 50_000_000L, this.timer);
		this.registry.watch(ORDERS, this.listener);
		this.source.says(Origin.REGISTRY, A);
		this.timer.pass(1000);
		Path file = file();
		Files.delete(file);
		this.source.says(Origin.REGISTRY, A, B);
		this.timer.pass(3000);
		assertThat(file).doesNotExist();
		this.timer.pass(3000);
		assertThat(file).exists();
	}

	@Test
	void writesTheSnapshotAsSoonAsTheDiskTakesIt() throws Exception {
		Path snapshot = this.directory.resolve("snapshot");
		Files.writeString(snapshot, "in the way");
		reopenWithSnapshot();
		this.registry.watch(ORDERS, this.listener);
		this.source.says(Origin.REGISTRY, A);
		this.timer.pass(5000);
		Files.delete(snapshot);
		this.timer.pass(1000);
		assertThat(new Snapshots(snapshot, Trust.ALL).read(ORDERS)).containsExactly(A);
	}

	@Test
	void writesWhatIsNewWhenClosed() {
		reopenWithSnapshot();
		this.registry.watch(ORDERS, this.listener);
		this.source.says(Origin.REGISTRY, A);
		this.registry.close();
		assertThat(new Snapshots(this.directory.resolve("snapshot"), Trust.ALL).read(ORDERS)).containsExactly(A);
		assertThat(this.source.closed).isTrue();
	}

	@Test
	void watchesEachServiceOnceAndOnlyAsLongAsSomebodyDoes() {
		Watch first = this.registry.watch(ORDERS, this.listener);
		Watch second = this.registry.watch(ORDERS, this.listener);
		first.close();
		this.timer.pass(1000);
		assertThat(this.source.watched()).containsExactly(ORDERS);
		second.close();
		this.timer.pass(1000);
		assertThat(this.source.watched()).isEmpty();
	}

	private void reopenWithSnapshot() {
		this.registry.close();
		this.listener.views.clear();
		this.registry = open(this.directory.resolve("snapshot"));
	}

	private KeepingRegistry open(Path snapshotDirectory) {
		this.source = new FakeRegistry();
		this.timer = new ManualTimer();
		return new KeepingRegistry(this.source, KeepingSettings.defaults().withSnapshotDirectory(snapshotDirectory),
				this.timer::nanoTime, this.timer);
	}

	private Path file() throws Exception {
		try (var files = Files.list(this.directory.resolve("snapshot"))) {
			return files.findFirst().orElseThrow();
		}
	}

}
