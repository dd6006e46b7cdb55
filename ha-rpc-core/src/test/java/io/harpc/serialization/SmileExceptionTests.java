package io.harpc.serialization;

class SmileExceptionTests extends ExceptionContractTests {

	@Override
	Serializer serializer() {
		return Serializer.smile();
	}

}
