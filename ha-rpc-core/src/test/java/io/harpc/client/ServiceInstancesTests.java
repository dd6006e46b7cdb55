package io.harpc.client;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.harpc.Address;
import io.harpc.loadbalancer.Candidate;
import io.harpc.registry.Instance;
import io.harpc.registry.Instances;
import io.harpc.registry.Instances.Origin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a change of a view costs, in things made, and what stays. */
class ServiceInstancesTests {

	private final ClientFixture fixture = new ClientFixture();

	private ServiceInstances instances;

	@BeforeEach
	void watch() {
		this.fixture.up("10.9.9.9:9");
		this.instances = ClientFixture.instancesOf(this.fixture.shop());
	}

	@AfterEach
	void close() {
		this.fixture.close();
	}

	@Test
	void makesOneStateWhereOneOfManyComesAndLetsGoOfOneWhereItGoes() {
		List<Instance> many = many(1000);
		this.instances.update(view(many));
		List<Candidate> before = this.instances.snapshot().active();
		this.fixture.channels.byAddress.clear();
		this.instances.update(view(many(1001)));
		assertThat(this.fixture.channels.byAddress).as("opened").hasSize(1);
		assertThat(this.instances.snapshot().active()).hasSize(1001).startsWith(before.toArray(Candidate[]::new));
		InstanceState gone = (InstanceState) before.get(500);
		this.instances.update(view(many.stream().filter((each) -> each != gone.instance()).toList()));
		assertThat(gone.isRetired()).isTrue();
		assertThat(this.instances.snapshot().active()).hasSize(999).isSubsetOf(before);
		assertThat(this.fixture.channels.byAddress).as("opened").hasSize(1);
	}

	@Test
	void keepsTheStateAndWhatIsDerivedFromTheListsWhereOnlyTheOriginChanges() {
		List<Instance> many = many(10);
		this.instances.update(view(many));
		List<Candidate> before = this.instances.snapshot().active();
		this.instances.update(Instances.of(ClientFixture.SHOP, many, Origin.KEPT));
		assertThat(this.instances.snapshot().active()).isSameAs(before);
		assertThat(this.instances.snapshot().origin()).isEqualTo(Origin.KEPT);
	}

	@Test
	void movesAnInstanceWhoseWeightBecomesZeroToTheReserveAndBack() {
		List<Instance> many = many(3);
		this.instances.update(view(many));
		Candidate second = this.instances.snapshot().active().get(1);
		this.instances.update(view(List.of(many.get(0), many.get(1).withWeight(0), many.get(2))));
		assertThat(this.instances.snapshot().active()).hasSize(2).doesNotContain(second);
		assertThat(this.instances.snapshot().reserve()).containsExactly(second);
		this.instances.update(view(many));
		assertThat(this.instances.snapshot().active()).hasSize(3).contains(second);
		assertThat(this.instances.snapshot().reserve()).isEmpty();
		assertThat(((InstanceState) second).isRetired()).isFalse();
	}

	@Test
	void takesARestartedProcessForAnotherAndAnUpdatedOneForTheSame() {
		Instance first = instance("first", 1);
		this.instances.update(view(List.of(first)));
		Candidate before = this.instances.snapshot().active().get(0);
		this.instances.update(view(List.of(first.withWeight(7))));
		assertThat(this.instances.snapshot().active()).containsExactly(before);
		assertThat(before.instance().weight()).isEqualTo(7);
		this.instances.update(view(List.of(instance("second", 1))));
		assertThat(this.instances.snapshot().active()).hasSize(1).doesNotContain(before);
	}

	private static Instances view(List<Instance> list) {
		return Instances.of(ClientFixture.SHOP, list, Origin.REGISTRY);
	}

	/** The same objects for the same numbers would be as good. */
	private static List<Instance> many(int number) {
		return IntStream.range(0, number).mapToObj((i) -> instance("i" + i, i + 1)).toList();
	}

	private static Instance instance(String id, int port) {
		return new Instance(id, ClientFixture.SHOP, new Address("10.0.0.1", port), 100, "", "json", Map.of());
	}

}
