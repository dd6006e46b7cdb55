package io.harpc.registry.zookeeper;

import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ServiceReaderTests {

	private final Stat before = stat(10, 1000, 20);

	@Test
	void takesAViewOfTheSameParentForOlderByItsZxid() {
		assertThat(ServiceReader.isOlder(this.before, stat(10, 1000, 19))).isTrue();
		assertThat(ServiceReader.isOlder(this.before, stat(10, 1000, 20))).isFalse();
		assertThat(ServiceReader.isOlder(this.before, stat(10, 1000, 21))).isFalse();
	}

	@Test
	void takesNoViewForOlderWhereTheDataWasMadeAnew() {
		assertThat(ServiceReader.isOlder(this.before, stat(5, 2000, 7))).isFalse();
		assertThat(ServiceReader.isOlder(this.before, stat(10, 2000, 12))).as("zxids begin at one again").isFalse();
		assertThat(ServiceReader.isOlder(this.before, new Stat())).as("no parent").isFalse();
		assertThat(ServiceReader.isOlder(this.before, this.before)).isFalse();
	}

	private static Stat stat(long czxid, long ctime, long pzxid) {
		Stat stat = new Stat();
		stat.setCzxid(czxid);
		stat.setCtime(ctime);
		stat.setPzxid(pzxid);
		return stat;
	}

}
