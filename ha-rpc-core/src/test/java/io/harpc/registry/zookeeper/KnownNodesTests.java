package io.harpc.registry.zookeeper;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.harpc.Address;
import io.harpc.registry.Instance;
import io.harpc.registry.zookeeper.KnownNodes.Node;

import static io.harpc.registry.TestInstances.instance;
import static org.assertj.core.api.Assertions.assertThat;

class KnownNodesTests {

	private final KnownNodes nodes = new KnownNodes();

	@Test
	void keepsTheOthersAndTheirPlacesWhereOneComesOrGoes() {
		this.nodes.update(read(IntStream.range(1, 101).toArray()));
		List<Instance> before = this.nodes.instances();
		this.nodes.update(Map.of("n200", node(200, "i200", 200), "n3", Node.GONE));
		List<Instance> after = this.nodes.instances();
		assertThat(after).hasSize(100).last().isEqualTo(instance("i200", 200));
		int at = before.indexOf(instance("i3", 3));
		assertSame(before.subList(0, at), after.subList(0, at));
		assertSame(before.subList(at + 1, 100), after.subList(at, 99));
	}

	@Test
	void isTheSameListWhereWhatIsReadAnewSaysTheSame() {
		this.nodes.update(read(1, 2, 3));
		List<Instance> before = this.nodes.instances();
		this.nodes.update(read(1, 2, 3));
		assertThat(this.nodes.instances()).isSameAs(before);
		assertThat(this.nodes.size()).isEqualTo(3);
	}

	@Test
	void takesWhatANodeSaysNowForNoGhostOfWhatItSaid() {
		this.nodes.update(read(1, 2));
		this.nodes.update(Map.of("n1", node(1, "i1", 7)));
		assertThat(this.nodes.instances()).containsExactly(instance("i2", 2), instance("i1", 7));
	}

	@Test
	void showsTheNewestOfAnIdAndOfAnAddressAndTheGhostOnceThatIsGone() {
		this.nodes.update(read(1));
		this.nodes.update(Map.of("n2", node(2, "i1", 2)));
		assertThat(this.nodes.instances()).containsExactly(instance("i1", 2));
		this.nodes.update(Map.of("n3", node(3, "i3", 2)));
		assertThat(this.nodes.instances()).containsExactly(instance("i3", 2));
		this.nodes.update(Map.of("n2", Node.GONE, "n3", Node.GONE));
		assertThat(this.nodes.instances()).containsExactly(instance("i1", 1));
	}

	@Test
	void countsWhatShouldBeAnInstanceAndIsNone() {
		this.nodes.update(Map.of("bad", new Node(1, null, true), "emptied", new Node(2, null, false)));
		assertThat(this.nodes.bad()).isOne();
		assertThat(this.nodes.isInstance("bad")).isFalse();
		this.nodes.update(Map.of("bad", Node.GONE));
		assertThat(this.nodes.bad()).isZero();
	}

	@Test
	void isWhateverComesAndGoesWhatAllNodesTogetherSay() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		Map<String, Node> all = new HashMap<>();
		for (int step = 0; step < 2000; step++) {
			Map<String, Node> read = new TreeMap<>();
			for (int i = 0; i <= random.nextInt((step % 100 == 0) ? 30 : 3); i++) {
				int number = 1 + random.nextInt(30);
				read.put("n" + number, switch (random.nextInt(4)) {
					case 0 -> Node.GONE;
					case 1 -> new Node(number, null, random.nextBoolean());
					default -> node(number, "i" + random.nextInt(40), 1 + random.nextInt(40));
				});
			}
			this.nodes.update(read);
			all.putAll(read);
			all.values().removeIf((node) -> node == Node.GONE);
			assertThat(this.nodes.instances()).as("seed %s, step %s", seed, step)
				.containsExactlyInAnyOrderElementsOf(expected(all));
			assertThat(this.nodes.bad()).isEqualTo((int) all.values().stream().filter(Node::bad).count());
			assertThat(this.nodes.names()).isEqualTo(all.keySet());
		}
	}

	private static List<Instance> expected(Map<String, Node> all) {
		Map<String, Instance> byId = new HashMap<>();
		Map<Address, Instance> byAddress = new HashMap<>();
		all.values().stream().sorted(Comparator.comparingLong(Node::czxid)).forEach((node) -> {
			if (node.instance() != null) {
				byId.put(node.instance().id(), node.instance());
				byAddress.put(node.instance().address(), node.instance());
			}
		});
		return byId.values().stream().filter((each) -> byAddress.get(each.address()) == each).toList();
	}

	private static void assertSame(List<Instance> some, List<Instance> others) {
		assertThat(some).usingElementComparator((one, other) -> (one == other) ? 0 : 1).isEqualTo(others);
	}

	private static Map<String, Node> read(int... numbers) {
		Map<String, Node> read = new TreeMap<>();
		IntStream.of(numbers).forEach((number) -> read.put("n" + number, node(number, "i" + number, number)));
		return read;
	}

	private static Node node(int czxid, String id, int port) {
		return new Node(czxid, instance(id, port), false);
	}

}
