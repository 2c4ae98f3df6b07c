from lagi_pipeline.vietnamese.numbers import *  # temporary
